#include "workspaces/invite.hpp"

#include "workspaces/events.hpp"

namespace orbit::workspaces {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

Invite Invite::create(State state) {
  Invite invite(std::move(state));
  invite.record(InviteCreated{invite.state_.id}, invite.state_.workspace_id, invite.state_.created_at);
  return invite;
}

Result<> Invite::check_unused() const {
  if (state_.accepted_at) return failure(ErrorKind::gone, "invite.used", "This invite has been used already.");
  if (state_.revoked_at) return failure(ErrorKind::gone, "invite.revoked", "This invite was withdrawn.");
  return {};
}

Result<> Invite::check_open(kernel::Timestamp now) const {
  if (auto unused = check_unused(); !unused) return unused;
  if (state_.expires_at <= now) return failure(ErrorKind::gone, "invite.expired", "This invite has expired.");
  return {};
}

Result<> Invite::accept(kernel::Timestamp now) {
  if (auto open = check_open(now); !open) return open;
  state_.accepted_at = now;
  record(InviteAccepted{state_.id}, state_.workspace_id, now);
  return {};
}

Result<> Invite::revoke(kernel::Timestamp now) {
  if (auto unused = check_unused(); !unused) return unused;
  state_.revoked_at = now;
  record(InviteRevoked{state_.id}, state_.workspace_id, now);
  return {};
}

}  // namespace orbit::workspaces
