// Invite: a token that makes its holder a member, once. Each aggregate belongs to the thread of the transaction that
// holds it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "kernel/domain_event.hpp"
#include "kernel/error.hpp"
#include "workspaces/events.hpp"

namespace orbit::workspaces {

class Invite : public kernel::AggregateRoot<Events> {
 public:
  struct State {
    kernel::InviteId id;
    kernel::WorkspaceId workspace_id;
    std::string email;
    kernel::MemberId invited_by_id;
    std::optional<kernel::RoleId> role_id;
    std::string token_hash;
    kernel::Timestamp created_at;
    kernel::Timestamp expires_at;
    std::optional<kernel::Timestamp> accepted_at;
    std::optional<kernel::Timestamp> revoked_at;

    [[nodiscard]] bool is_open(kernel::Timestamp now) const { return !accepted_at && !revoked_at && expires_at > now; }
  };

  static constexpr std::chrono::days lifetime{7};

  explicit Invite(State state) : state_(std::move(state)) {}

  [[nodiscard]] static Invite create(State state);

  [[nodiscard]] const State& state() const { return state_; }

  /// Errors: gone "invite.used", "invite.revoked", "invite.expired".
  [[nodiscard]] kernel::Result<> check_open(kernel::Timestamp now) const;

  /// Errors: as for check_open.
  [[nodiscard]] kernel::Result<> accept(kernel::Timestamp now);

  /// Errors: gone "invite.used", "invite.revoked". An expired one may be revoked, to be rid of it.
  [[nodiscard]] kernel::Result<> revoke(kernel::Timestamp now);

 private:
  [[nodiscard]] kernel::Result<> check_unused() const;

  State state_;
};

}  // namespace orbit::workspaces
