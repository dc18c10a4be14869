#include "realtime/presence_tracker.hpp"

#include <algorithm>

#include "catalog/json.hpp"

namespace orbit::realtime {

using catalog::PresenceDTO;
using catalog::PresenceStatus;
using kernel::MemberId;
using kernel::WorkspaceId;

PresenceTracker::PresenceTracker(kernel::Scheduler& scheduler, const kernel::Clock& clock,
                                 std::chrono::milliseconds grace, Listener listener)
    : scheduler_(scheduler), clock_(clock), grace_(grace), listener_(std::move(listener)) {}

PresenceTracker::~PresenceTracker() {
  for (auto& [workspace, members] : workspaces_) {
    for (auto& [id, member] : members) cancel_grace(member);
  }
}

void PresenceTracker::connect(WorkspaceId workspace, MemberId id, SocketId socket) {
  Member& member = workspaces_[workspace][id];
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
  member.told = status;
  member.last_seen_at = clock_.now();
  roster_json_.erase(workspace);
  listener_(workspace, describe(id, member));
}

void PresenceTracker::forget(WorkspaceId workspace, MemberId id) {
  Member* member = find(workspace, id);
  if (member == nullptr) return;
  cancel_grace(*member);
  workspaces_[workspace].erase(id);
  roster_json_.erase(workspace);
  drop_if_deserted(workspace);
}

void PresenceTracker::forget(WorkspaceId workspace) {
  const auto entry = workspaces_.find(workspace);
  if (entry == workspaces_.end()) return;
  for (auto& [id, member] : entry->second) cancel_grace(member);
  workspaces_.erase(entry);
  roster_json_.erase(workspace);
}

void PresenceTracker::cancel_grace(Member& member) {
  if (member.grace_timer == 0) return;
  scheduler_.cancel(member.grace_timer);
  member.grace_timer = 0;
}

// When nobody is left to see it, who was last seen when needn't be kept.
void PresenceTracker::drop_if_deserted(WorkspaceId workspace) {
  const auto entry = workspaces_.find(workspace);
  if (entry == workspaces_.end()) return;
  const bool deserted =
      std::ranges::all_of(entry->second, [](const auto& item) { return item.second.told == PresenceStatus::offline; });
  if (!deserted) return;
  workspaces_.erase(entry);
  roster_json_.erase(workspace);
}

PresenceTracker::Member* PresenceTracker::find(WorkspaceId workspace, MemberId member) {
  const auto entry = workspaces_.find(workspace);
  if (entry == workspaces_.end()) return nullptr;
  const auto found = entry->second.find(member);
  return found == entry->second.end() ? nullptr : &found->second;
}

PresenceDTO PresenceTracker::describe(MemberId id, const Member& member) {
  return {id, member.told != PresenceStatus::offline, member.told, member.last_seen_at};
}

std::vector<PresenceDTO> PresenceTracker::roster(WorkspaceId workspace) const {
  std::vector<PresenceDTO> roster;
  if (const auto entry = workspaces_.find(workspace); entry != workspaces_.end()) {
    for (const auto& [id, member] : entry->second) roster.push_back(describe(id, member));
  }
  std::ranges::sort(roster, {}, &PresenceDTO::member_id);
  return roster;
}

const std::string& PresenceTracker::roster_json(WorkspaceId workspace) {
  const auto [json, is_new] = roster_json_.try_emplace(workspace);
  if (is_new) json->second = catalog::to_json(roster(workspace));
  return json->second;
}

std::vector<WorkspaceId> PresenceTracker::workspaces() const {
  std::vector<WorkspaceId> ids;
  for (const auto& [id, members] : workspaces_) ids.push_back(id);
  return ids;
}

PresenceDTO PresenceTracker::presence(WorkspaceId workspace, MemberId id) const {
  if (const auto entry = workspaces_.find(workspace); entry != workspaces_.end()) {
    if (const auto found = entry->second.find(id); found != entry->second.end()) return describe(id, found->second);
  }
  return {id, false, PresenceStatus::offline, std::nullopt};
}

}  // namespace orbit::realtime
