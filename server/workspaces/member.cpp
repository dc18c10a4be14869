#include "workspaces/member.hpp"

#include "workspaces/events.hpp"

namespace orbit::workspaces {

namespace {

constexpr std::size_t tone_count = static_cast<std::size_t>(catalog::Tone::slate) + 1;

}  // namespace

Member Member::join(kernel::WorkspaceId workspace, kernel::UserId user, kernel::RoleId role,
                    const kernel::Clock& clock) {
  const auto id = kernel::MemberId::create(clock);
  Member member({id, workspace, user, role, static_cast<catalog::Tone>(id.uuid().back() % tone_count), clock.now()});
  member.record(MemberJoined{id}, workspace, clock.now());
  return member;
}

void Member::change_role(kernel::RoleId role, kernel::Timestamp now) {
  if (state_.role_id == role) return;
  state_.role_id = role;
  record(MemberRoleChanged{state_.id}, state_.workspace_id, now);
}

void Member::note_profile_changed(kernel::Timestamp now) { record(MemberUpdated{state_.id}, state_.workspace_id, now); }

void Member::mark_left(kernel::Timestamp now) { record(MemberLeft{state_.id}, state_.workspace_id, now); }

}  // namespace orbit::workspaces
