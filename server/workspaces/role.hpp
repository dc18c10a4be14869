// Role: a name for a set of permissions. Three system roles come with every workspace. Each aggregate belongs to the
// thread of the transaction that holds it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/vocabulary.hpp"
#include "kernel/domain_event.hpp"
#include "kernel/error.hpp"
#include "workspaces/events.hpp"

namespace orbit::workspaces {

using Permissions = std::vector<catalog::Permission>;  // in the order of the list, each once

/// Sorts, and drops repetitions.
[[nodiscard]] Permissions normalised(Permissions permissions);

/// What `after` has and `before` has not.
[[nodiscard]] Permissions added(const Permissions& before, const Permissions& after);

/// Whether `of` holds everything that `permissions` has.
[[nodiscard]] bool includes(const Permissions& of, const Permissions& permissions);

class Role : public kernel::AggregateRoot<Events> {
 public:
  struct State {
    kernel::RoleId id;
    kernel::WorkspaceId workspace_id;
    std::string name;
    std::optional<std::string> description;
    std::optional<catalog::SystemRole> system_key;
    int sort_order = 0;
    Permissions permissions;
    kernel::Timestamp created_at;

    [[nodiscard]] bool is_owner() const { return system_key == catalog::SystemRole::OWNER; }
    [[nodiscard]] bool allows(catalog::Permission permission) const;
  };

  explicit Role(State state) : state_(std::move(state)) {}

  [[nodiscard]] static Role create(State state);

  /// OWNER may everything; ADMIN everything but deleting the workspace and its billing; MEMBER nothing on the list.
  [[nodiscard]] static Role system(catalog::SystemRole key, kernel::WorkspaceId workspace, const kernel::Clock& clock);

  [[nodiscard]] const State& state() const { return state_; }

  struct Changes {
    std::optional<std::string> name = {};
    std::optional<std::optional<std::string>> description = {};
    std::optional<Permissions> permissions = {};
  };

  /// Errors: conflict "role.system" (a system role's name), conflict "role.locked" (OWNER's permissions).
  [[nodiscard]] kernel::Result<> change(const Changes& changes, kernel::Timestamp now);

  /// Error: conflict "role.system".
  [[nodiscard]] kernel::Result<> mark_deleted(kernel::Timestamp now);

 private:
  State state_;
};

}  // namespace orbit::workspaces
