#include "workspaces/team.hpp"

#include <algorithm>

#include "workspaces/events.hpp"

namespace orbit::workspaces {

Team Team::create(State state) {
  Team team(std::move(state));
  team.record(TeamCreated{team.state_.id}, team.state_.workspace_id, team.state_.created_at);
  return team;
}

bool Team::has(kernel::MemberId member) const {
  return std::ranges::find(state_.member_ids, member) != state_.member_ids.end();
}

void Team::rename(std::string name, kernel::Timestamp now) {
  if (state_.name == name) return;
  state_.name = std::move(name);
  record(TeamUpdated{state_.id}, state_.workspace_id, now);
}

void Team::add(kernel::MemberId member, kernel::Timestamp now) {
  if (has(member)) return;
  state_.member_ids.push_back(member);
  record(TeamMemberAdded{state_.id, member}, state_.workspace_id, now);
}

void Team::remove(kernel::MemberId member, kernel::Timestamp now) {
  if (std::erase(state_.member_ids, member) == 0) return;
  record(TeamMemberRemoved{state_.id, member}, state_.workspace_id, now);
}

void Team::mark_deleted(kernel::Timestamp now) { record(TeamDeleted{state_.id}, state_.workspace_id, now); }

}  // namespace orbit::workspaces
