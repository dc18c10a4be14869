#include "workspaces/role.hpp"

#include <algorithm>
#include <iterator>

#include "workspaces/events.hpp"

namespace orbit::workspaces {

using catalog::Permission;
using catalog::SystemRole;
using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

Permissions normalised(Permissions permissions) {
  std::ranges::sort(permissions);
  const auto repeated = std::ranges::unique(permissions);
  permissions.erase(repeated.begin(), repeated.end());
  return permissions;
}

Permissions added(const Permissions& before, const Permissions& after) {
  Permissions difference;
  std::ranges::set_difference(after, before, std::back_inserter(difference));
  return difference;
}

bool includes(const Permissions& of, const Permissions& permissions) { return std::ranges::includes(of, permissions); }

bool Role::State::allows(Permission permission) const { return std::ranges::binary_search(permissions, permission); }

Role Role::create(State state) {
  Role role(std::move(state));
  role.record(RoleCreated{role.state_.id}, role.state_.workspace_id, role.state_.created_at);
  return role;
}

Role Role::system(SystemRole key, kernel::WorkspaceId workspace, const kernel::Clock& clock) {
  State state{kernel::RoleId::create(clock), workspace, {}, {}, key, static_cast<int>(key), {}, clock.now()};
  const Permissions everything(catalog::all_permissions.begin(), catalog::all_permissions.end());
  switch (key) {
    case SystemRole::OWNER:
      state.name = "Owner";
      state.description = "May do everything";
      state.permissions = everything;
      break;
    case SystemRole::ADMIN:
      state.name = "Admin";
      state.description = "Runs the workspace day to day";
      state.permissions = everything;
      std::erase(state.permissions, Permission::workspace_delete);
      std::erase(state.permissions, Permission::billing_manage);
      break;
    case SystemRole::MEMBER:
      state.name = "Member";
      state.description = "Takes part";
      break;
  }
  return create(std::move(state));
}

Result<> Role::change(const Changes& changes, kernel::Timestamp now) {
  if (changes.name && *changes.name != state_.name && state_.system_key) {
    return failure(ErrorKind::conflict, "role.system", "System roles are not renamed.");
  }
  const Permissions permissions = changes.permissions ? normalised(*changes.permissions) : state_.permissions;
  if (state_.is_owner() && permissions != state_.permissions) {
    return failure(ErrorKind::conflict, "role.locked", "The owner's permissions can't be changed.");
  }
  State changed = state_;
  changed.name = changes.name.value_or(state_.name);
  changed.description = changes.description.value_or(state_.description);
  changed.permissions = permissions;
  const bool differs = changed.name != state_.name || changed.description != state_.description ||
                       changed.permissions != state_.permissions;
  if (!differs) return {};
  state_ = std::move(changed);
  record(RoleUpdated{state_.id}, state_.workspace_id, now);
  return {};
}

Result<> Role::mark_deleted(kernel::Timestamp now) {
  if (state_.system_key) return failure(ErrorKind::conflict, "role.system", "System roles are not deleted.");
  record(RoleDeleted{state_.id}, state_.workspace_id, now);
  return {};
}

}  // namespace orbit::workspaces
