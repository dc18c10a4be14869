#include "workspaces/access.hpp"

namespace orbit::workspaces {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

Result<> Access::require(catalog::Permission permission) const {
  if (may(permission)) return {};
  return failure(ErrorKind::forbidden, "permission.required",
                 "This needs the permission " + std::string(catalog::wire_name(permission)) + ".");
}

Result<> Access::require_within_own(const Permissions& given) const {
  if (role.state().is_owner() || includes(role.state().permissions, given)) return {};
  return failure(ErrorKind::forbidden, "role.cannot_exceed_own", "Nobody can give permissions that they don't have.");
}

namespace {

std::unexpected<kernel::Error> unknown() {
  return failure(ErrorKind::not_found, "not_found", "There is no such workspace.");
}

}  // namespace

Result<Access> access(const Repositories& repositories, const kernel::ReadContext& context, kernel::UserId user,
                      std::string_view slug) {
  auto workspace = repositories.workspaces.find_by_slug(context, slug);
  if (!workspace) return unknown();
  auto member = repositories.members.find_by_user(context, workspace->state().id, user);
  if (!member) return unknown();
  auto role = repositories.roles.find(context, member->state().role_id);
  if (!role) return unknown();
  return Access{*std::move(workspace), *std::move(member), *std::move(role)};
}

// Until it is locked, the slug may come to name another workspace.
Result<Access> access(const Repositories& repositories, kernel::WriteContext& context, kernel::UserId user,
                      std::string_view slug) {
  const auto named = repositories.workspaces.find_by_slug(context, slug);
  if (!named) return unknown();
  context.lock(named->state().id);
  const kernel::ReadContext& locked = context;
  auto found = access(repositories, locked, user, slug);
  if (found && found->workspace_id() != named->state().id) return unknown();
  return found;
}

Result<> check_limit(std::size_t present, std::size_t limit, std::string_view of_what) {
  if (present < limit) return {};
  return failure(ErrorKind::conflict, "limit.reached",
                 "There can be at most " + std::to_string(limit) + " " + std::string(of_what) + ".");
}

}  // namespace orbit::workspaces
