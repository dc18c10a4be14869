#include "realtime/presence_tracker.hpp"

#include <algorithm>

namespace orbit::realtime {

using catalog::PresenceDTO;
using catalog::PresenceStatus;
using kernel::MemberId;
using kernel::WorkspaceId;

PresenceTracker::PresenceTracker(kernel::Scheduler& scheduler, const kernel::Clock& clock,
                                 std::chrono::milliseconds grace, PresenceListener& listener)
    : scheduler_(scheduler), clock_(clock), grace_(grace), listener_(listener) {}

PresenceTracker::~PresenceTracker() {
  for (auto& [id, workspace] : workspaces_) {
    for (auto& [member_id, member] : workspace.members) cancel_grace(member);
  }
}

void PresenceTracker::connect(WorkspaceId workspace, MemberId id, SocketId socket) {
  Member& member = workspaces_[workspace].members[id];
  cancel_grace(member);
  member.tabs.push_back({socket, false});
  update(workspace, id, member);
}

void PresenceTracker::disconnect(WorkspaceId workspace, MemberId id, SocketId socket) {
  Member* member = find(workspace, id);
  if (member == nullptr) return;
  if (std::erase_if(member->tabs, [socket](const Tab& tab) { return tab.socket == socket; }) == 0) return;
  if (!member->tabs.empty()) {
    update(workspace, id, *member);
  } else if (grace_.count() == 0) {
    grace_over(workspace, id);
  } else {
    member->grace_timer = scheduler_.after(grace_, [this, workspace, id] { grace_over(workspace, id); });
  }
}

void PresenceTracker::grace_over(WorkspaceId workspace, MemberId id) {
  Member* member = find(workspace, id);
  if (member == nullptr) return;
  member->grace_timer = 0;
  update(workspace, id, *member);
  drop_if_deserted(workspace);
}

void PresenceTracker::set_away(WorkspaceId workspace, MemberId id, SocketId socket, bool away) {
  Member* member = find(workspace, id);
  if (member == nullptr) return;
  const auto tab = std::ranges::find(member->tabs, socket, &Tab::socket);
  if (tab == member->tabs.end()) return;
  tab->away = away;
  update(workspace, id, *member);
}

void PresenceTracker::update(WorkspaceId workspace, MemberId id, Member& member) {
  PresenceStatus status = PresenceStatus::offline;
  if (!member.tabs.empty()) {
    status = std::ranges::all_of(member.tabs, &Tab::away) ? PresenceStatus::away : PresenceStatus::online;
  }
  if (status == member.told) return;
  std::size_t& online = workspaces_.at(workspace).online;
  if (member.told == PresenceStatus::offline) ++online;
  if (status == PresenceStatus::offline) --online;
  member.told = status;
  member.last_seen_at = clock_.now();
  listener_.changed(workspace, describe(id, member));
}

void PresenceTracker::forget(WorkspaceId workspace, MemberId id) {
  Member* member = find(workspace, id);
  if (member == nullptr) return;
  cancel_grace(*member);
  Workspace& present = workspaces_.at(workspace);
  if (member->told != PresenceStatus::offline) --present.online;
  present.members.erase(id);
  drop_if_deserted(workspace);
  listener_.forgotten(workspace, id);
}

void PresenceTracker::forget(WorkspaceId workspace) {
  const auto entry = workspaces_.find(workspace);
  if (entry == workspaces_.end()) return;
  for (auto& [id, member] : entry->second.members) cancel_grace(member);
  workspaces_.erase(entry);
  listener_.forgotten(workspace);
}

void PresenceTracker::cancel_grace(Member& member) {
  if (member.grace_timer == 0) return;
  scheduler_.cancel(member.grace_timer);
  member.grace_timer = 0;
}

// When nobody is left to see it, who was last seen when needn't be kept.
void PresenceTracker::drop_if_deserted(WorkspaceId workspace) {
  const auto entry = workspaces_.find(workspace);
  if (entry != workspaces_.end() && entry->second.online == 0) workspaces_.erase(entry);
}

PresenceTracker::Member* PresenceTracker::find(WorkspaceId workspace, MemberId member) {
  const auto entry = workspaces_.find(workspace);
  if (entry == workspaces_.end()) return nullptr;
  const auto found = entry->second.members.find(member);
  return found == entry->second.members.end() ? nullptr : &found->second;
}

PresenceDTO PresenceTracker::describe(MemberId id, const Member& member) {
  return {id, member.told != PresenceStatus::offline, member.told, member.last_seen_at};
}

std::vector<PresenceDTO> PresenceTracker::roster(WorkspaceId workspace) const {
  std::vector<PresenceDTO> roster;
  if (const auto entry = workspaces_.find(workspace); entry != workspaces_.end()) {
    for (const auto& [id, member] : entry->second.members) roster.push_back(describe(id, member));
  }
  std::ranges::sort(roster, {}, &PresenceDTO::member_id);
  return roster;
}

std::size_t PresenceTracker::online(WorkspaceId workspace) const {
  const auto entry = workspaces_.find(workspace);
  return entry == workspaces_.end() ? 0 : entry->second.online;
}

PresenceDTO PresenceTracker::presence(WorkspaceId workspace, MemberId id) const {
  if (const auto entry = workspaces_.find(workspace); entry != workspaces_.end()) {
    const auto& members = entry->second.members;
    if (const auto found = members.find(id); found != members.end()) return describe(id, found->second);
  }
  return {id, false, PresenceStatus::offline, std::nullopt};
}

}  // namespace orbit::realtime
