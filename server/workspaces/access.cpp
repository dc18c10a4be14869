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

Result<Access> access(const Repositories& repositories, const kernel::ReadContext& context, kernel::UserId user,
                      std::string_view slug) {
  const auto unknown = [] { return failure(ErrorKind::not_found, "not_found", "There is no such workspace."); };
  auto workspace = repositories.workspaces.find_by_slug(context, slug);
  if (!workspace) return unknown();
  auto member = repositories.members.find_by_user(context, workspace->state().id, user);
  if (!member) return unknown();
  auto role = repositories.roles.find(context, member->state().role_id);
  if (!role) return unknown();
  return Access{*std::move(workspace), *std::move(member), *std::move(role)};
}

Result<Access> access(const Repositories& repositories, const kernel::ReadContext& context, kernel::UserId user,
                      std::string_view slug, catalog::Permission permission) {
  auto found = access(repositories, context, user, slug);
  if (!found) return found;
  if (const auto allowed = found->require(permission); !allowed) return std::unexpected(allowed.error());
  return found;
}

Result<> check_limit(std::size_t present, std::size_t limit, std::string_view of_what) {
  if (present < limit) return {};
  return failure(ErrorKind::conflict, "limit.reached",
                 "There can be at most " + std::to_string(limit) + " " + std::string(of_what) + ".");
}

}  // namespace orbit::workspaces
