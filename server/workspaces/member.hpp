// Member: one user in one workspace. Each aggregate belongs to the thread of the transaction that holds it.
#pragma once

#include <string>

#include "catalog/vocabulary.hpp"
#include "kernel/domain_event.hpp"
#include "workspaces/events.hpp"

namespace orbit::workspaces {

class Member : public kernel::AggregateRoot<Events> {
 public:
  struct State {
    kernel::MemberId id;
    kernel::WorkspaceId workspace_id;
    kernel::UserId user_id;
    kernel::RoleId role_id;
    catalog::Tone tone = catalog::Tone::slate;
    kernel::Timestamp created_at;
  };

  explicit Member(State state) : state_(state) {}

  /// The tone follows from the id.
  [[nodiscard]] static Member join(kernel::WorkspaceId workspace, kernel::UserId user, kernel::RoleId role,
                                   const kernel::Clock& clock);

  [[nodiscard]] const State& state() const { return state_; }

  void change_role(kernel::RoleId role, kernel::Timestamp now);
  void note_profile_changed(kernel::Timestamp now);
  void mark_left(kernel::Timestamp now);

 private:
  State state_;
};

/// A member together with the name and address of the person behind it.
struct MemberProfile {
  Member::State member;
  std::string name;
  std::string email;
};

}  // namespace orbit::workspaces
