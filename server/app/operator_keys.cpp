#include "app/operator_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace orbit::app {

using identity::OperatorKey;
using kernel::ErrorKind;
using kernel::failure;
using kernel::ReadContext;
using kernel::Result;

namespace {

Result<std::optional<kernel::WorkspaceId>> workspace_of(Domain& domain, const std::string& slug) {
  if (slug.empty()) return std::nullopt;
  return domain.unit_of_work.read([&](const ReadContext& context) -> Result<std::optional<kernel::WorkspaceId>> {
    const auto found = domain.repositories.workspaces.find_by_slug(context, slug);
    if (!found) return failure(ErrorKind::not_found, "not_found", "There is no workspace " + slug + ".");
    return found->state().id;
  });
}

std::string slug_of(Domain& domain, const OperatorKey& key) {
  if (!key.workspace) return "(all)";
  const auto slug = domain.unit_of_work.read([&](const ReadContext& context) -> Result<std::string> {
    const auto found = domain.repositories.workspaces.find(context, *key.workspace);
    return found ? found->state().slug : key.workspace->str();
  });
  return slug.value_or(key.workspace->str());
}

std::string day_and_minute(kernel::Timestamp time) {
  std::string text = kernel::to_iso8601(time).substr(0, 16);
  text[10] = ' ';
  return text;
}

}  // namespace

Result<std::string> create_key(Domain& domain, const Config& config) {
  std::string words;
  for (const std::string& scope : config.key_scopes) words += scope + " ";
  auto scopes = identity::parse_scopes(words);
  if (!scopes) return std::unexpected(scopes.error());
  const auto workspace = workspace_of(domain, config.key_workspace);
  if (!workspace) return std::unexpected(workspace.error());
  const auto made = domain.operator_keys.create({config.key_name, *std::move(scopes), *workspace});
  if (!made) return std::unexpected(made.error());
  return made->secret + "\n";
}

Result<std::string> list_keys(Domain& domain) {
  const auto keys = domain.operator_keys.list();
  if (!keys) return std::unexpected(keys.error());
  if (keys->empty()) return "there are no keys: make one with orbit key create\n";
  constexpr const char* line = "{:<40}  {:<23}  {:<16}  {:<16}  {:<16}  {}\n";
  std::string text = fmt::format(line, "ID", "SCOPES", "WORKSPACE", "MADE (UTC)", "LAST USED (UTC)", "NAME");
  for (const OperatorKey& key : *keys) {
    text += fmt::format(line, key.id.str(), identity::to_words(key.scopes), slug_of(domain, key),
                        day_and_minute(key.created_at), key.last_used_at ? day_and_minute(*key.last_used_at) : "never",
                        key.name);
  }
  return text;
}

Result<std::string> revoke_key(Domain& domain, const Config& config) {
  const auto id = identity::OperatorKeyId::parse(config.key_id);
  if (!id) return failure(ErrorKind::invalid, "key.bad_id", "\"" + config.key_id + "\" is no key's id.");
  if (const auto revoked = domain.operator_keys.revoke(*id); !revoked) return std::unexpected(revoked.error());
  return "revoked " + id->str() + "\n";
}

}  // namespace orbit::app
