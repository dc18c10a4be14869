#include "storage/operator_key_repository.hpp"

#include "storage/soci_context.hpp"
#include "storage/sql.hpp"

namespace orbit::storage {

using identity::OperatorKey;
using identity::OperatorKeyId;
using kernel::ReadContext;
using kernel::Timestamp;
using kernel::WorkspaceId;
using kernel::WriteContext;

template <>
struct Stored<identity::OperatorScopes> {
  using Column = std::string;
  static Column write(const identity::OperatorScopes& scopes) { return identity::to_words(scopes); }
  static identity::OperatorScopes read(const Column& column) {
    auto scopes = identity::parse_scopes(column);
    if (!scopes) throw std::runtime_error("the database holds a key's scopes that can't be read: " + column);
    return *std::move(scopes);
  }
};

namespace {

template <class... In>
std::vector<OperatorKey> select_keys(const ReadContext& context, const std::string& where, const In&... in) {
  std::vector<OperatorKey> keys;
  for (auto& row : select<OperatorKeyId, std::string, identity::OperatorScopes, std::optional<WorkspaceId>, std::string,
                          Timestamp, std::optional<Timestamp>>(
           session_of(context),
           "SELECT id, name, scopes, workspace_id, secret_hash, created_at, last_used_at FROM operator_keys " + where,
           in...)) {
    keys.push_back(std::make_from_tuple<OperatorKey>(std::move(row)));
  }
  return keys;
}

}  // namespace

std::optional<OperatorKey> SociOperatorKeyRepository::find_by_secret_hash(const ReadContext& context,
                                                                          std::string_view secret_hash) const {
  auto keys = select_keys(context, "WHERE secret_hash = :hash", std::string(secret_hash));
  if (keys.empty()) return std::nullopt;
  return std::move(keys.front());
}

std::vector<OperatorKey> SociOperatorKeyRepository::list(const ReadContext& context) const {
  return select_keys(context, "ORDER BY created_at, id");
}

void SociOperatorKeyRepository::add(WriteContext& context, const OperatorKey& key) const {
  execute(session_of(context),
          "INSERT INTO operator_keys (id, name, scopes, workspace_id, secret_hash, created_at, last_used_at) "
          "VALUES (:a, :b, :c, :d, :e, :f, :g)",
          key.id, key.name, key.scopes, key.workspace, key.secret_hash, key.created_at, key.last_used_at);
}

void SociOperatorKeyRepository::note_use(WriteContext& context, OperatorKeyId id, Timestamp now) const {
  execute(session_of(context), "UPDATE operator_keys SET last_used_at = :a WHERE id = :b", now, id);
}

bool SociOperatorKeyRepository::remove(WriteContext& context, OperatorKeyId id) const {
  return execute(session_of(context), "DELETE FROM operator_keys WHERE id = :id", id) > 0;
}

}  // namespace orbit::storage
