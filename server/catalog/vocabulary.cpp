#include "catalog/vocabulary.hpp"

#include <algorithm>

namespace orbit::catalog {

namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, all_permissions.size()> permission_names{
    "workspace.delete",         "workspace.settings.edit",       "workspace.roles.manage", "workspace.members.invite",
    "workspace.members.remove", "workspace.members.change_role", "teams.manage",           "billing.manage",
};

}  // namespace

std::string_view wire_name(Permission permission) { return permission_names[static_cast<std::size_t>(permission)]; }

std::optional<Permission> parse_permission(std::string_view name) {
  const auto found = std::ranges::find(permission_names, name);
  if (found == permission_names.end()) return std::nullopt;
  return static_cast<Permission>(found - permission_names.begin());
}

}  // namespace orbit::catalog
