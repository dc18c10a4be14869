// RoleService: custom roles and their permissions; all of it needs workspace.roles.manage. Commands block on the
// database: workers only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalog/dto.hpp"
#include "kernel/clock.hpp"
#include "workspaces/access.hpp"

namespace orbit::workspaces {

struct RoleDraft {
  std::string name;                        // 1 to 80 characters, unique in the workspace whatever the case
  std::optional<std::string> description;  // up to 300 characters; a blank one is none
  Permissions permissions;
};

class RoleService {
 public:
  RoleService(kernel::UnitOfWork& unit_of_work, const Repositories& repositories, const kernel::Clock& clock)
      : unit_of_work_(unit_of_work), repositories_(repositories), clock_(clock) {}

  /// Errors: fields "name", "description"; conflict "role.name_taken", "limit.reached"; forbidden
  /// "role.cannot_exceed_own".
  [[nodiscard]] kernel::Result<catalog::WorkspaceRoleDTO> create(kernel::UserId actor, std::string_view slug,
                                                                 RoleDraft draft);

  /// Only permissions that are added must be one's own. Errors: as for create and Role::change.
  [[nodiscard]] kernel::Result<catalog::WorkspaceRoleDTO> change(kernel::UserId actor, std::string_view slug,
                                                                 kernel::RoleId id, Role::Changes changes);

  /// Errors: conflict "role.system", "role.in_use" (by a member or an open invite).
  [[nodiscard]] kernel::Result<> remove(kernel::UserId actor, std::string_view slug, kernel::RoleId id);

 private:
  kernel::UnitOfWork& unit_of_work_;
  Repositories repositories_;
  const kernel::Clock& clock_;
};

}  // namespace orbit::workspaces
