#include "workspaces/role_service.hpp"

#include <algorithm>

#include "workspaces/names.hpp"
#include "workspaces/projection.hpp"

namespace orbit::workspaces {

using catalog::Permission;
using catalog::WorkspaceRoleDTO;
using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;
using kernel::WriteContext;

namespace {

constexpr std::size_t max_description_characters = 300;

Result<std::optional<std::string>> normalise_description(const std::optional<std::string>& text) {
  if (!text || text->find_first_not_of(" \t\r\n") == std::string::npos) return std::nullopt;
  return identity::normalise_name(*text, "description", max_description_characters);
}

}  // namespace

Result<WorkspaceRoleDTO> RoleService::create(kernel::UserId actor, std::string_view slug, RoleDraft draft) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<WorkspaceRoleDTO> {
    const auto found = access(repositories_, context, actor, slug, Permission::workspace_roles_manage);
    if (!found) return std::unexpected(found.error());
    auto name = identity::normalise_name(draft.name);
    if (!name) return std::unexpected(name.error());
    auto description = normalise_description(draft.description);
    if (!description) return std::unexpected(description.error());
    const Permissions permissions = normalised(draft.permissions);
    if (const auto within = found->require_within_own(permissions); !within) return std::unexpected(within.error());

    const auto roles = repositories_.roles.list(context, found->workspace_id());
    if (const auto room = check_limit(roles.size(), WorkspaceLimits::roles, "roles"); !room) {
      return std::unexpected(room.error());
    }
    if (name_is_taken(roles, *name)) {
      return failure(ErrorKind::conflict, "role.name_taken", "There is a role of this name already.");
    }
    const int last = std::ranges::max(roles, {}, &Role::State::sort_order).sort_order;
    Role role = Role::create({kernel::RoleId::create(clock_), found->workspace_id(), *std::move(name),
                              *std::move(description), std::nullopt, last + 1, permissions, clock_.now()});
    repositories_.roles.save(context, role);
    return to_dto(role.state());
  });
}

Result<WorkspaceRoleDTO> RoleService::change(kernel::UserId actor, std::string_view slug, kernel::RoleId id,
                                             Role::Changes changes) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<WorkspaceRoleDTO> {
    const auto found = access(repositories_, context, actor, slug, Permission::workspace_roles_manage);
    if (!found) return std::unexpected(found.error());
    auto role = find_in(repositories_.roles, context, found->workspace_id(), id);
    if (!role) return std::unexpected(role.error());
    if (changes.name) {
      auto name = identity::normalise_name(*changes.name);
      if (!name) return std::unexpected(name.error());
      if (name_is_taken(repositories_.roles.list(context, found->workspace_id()), *name, id)) {
        return failure(ErrorKind::conflict, "role.name_taken", "There is a role of this name already.");
      }
      changes.name = *std::move(name);
    }
    if (changes.description) {
      auto description = normalise_description(*changes.description);
      if (!description) return std::unexpected(description.error());
      changes.description = *std::move(description);
    }
    if (changes.permissions) {
      const Permissions given = added(role->state().permissions, normalised(*changes.permissions));
      if (const auto within = found->require_within_own(given); !within) return std::unexpected(within.error());
    }
    if (const auto changed = role->change(changes, clock_.now()); !changed) return std::unexpected(changed.error());
    repositories_.roles.save(context, *role);
    return to_dto(role->state());
  });
}

Result<> RoleService::remove(kernel::UserId actor, std::string_view slug, kernel::RoleId id) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<> {
    const auto found = access(repositories_, context, actor, slug, Permission::workspace_roles_manage);
    if (!found) return std::unexpected(found.error());
    auto role = find_in(repositories_.roles, context, found->workspace_id(), id);
    if (!role) return std::unexpected(role.error());
    if (const auto marked = role->mark_deleted(clock_.now()); !marked) return marked;

    const auto invites = repositories_.invites.list_open(context, found->workspace_id(), clock_.now());
    if (!repositories_.members.list_with_role(context, id).empty() ||
        std::ranges::find(invites, std::optional(id), &Invite::State::role_id) != invites.end()) {
      return failure(ErrorKind::conflict, "role.in_use", "Members or open invites still have this role.");
    }
    repositories_.roles.remove(context, *role);
    return {};
  });
}

}  // namespace orbit::workspaces
