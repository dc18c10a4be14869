#include "realtime/presence_tracker.hpp"

#include <algorithm>

namespace orbit::realtime {

using catalog::PresenceDTO;
using catalog::PresenceStatus;
using kernel::MemberId;
using kernel::WorkspaceId;

PresenceTracker::PresenceTracker(kernel::Scheduler& scheduler, const kernel::Clock& clock,
                                 std::chrono::milliseconds grace, PresenceListener& listener,
                                 kernel::MetricsRegistry& metrics)
    : scheduler_(scheduler),
      clock_(clock),
      grace_(grace),
      listener_(listener),
      online_gauge_(metrics.gauge("orbit_presence_online_members",
                                  "Members online or away, anywhere, of workspaces that this node looks at")) {}

PresenceTracker::~PresenceTracker() {
  for (auto& [id, workspace] : workspaces_) {
    for (auto& [member_id, member] : workspace.members) cancel_grace(member);
  }
}

void PresenceTracker::connect(WorkspaceId workspace, MemberId id, SocketId socket) {
  Member& member = workspaces_[workspace].members[id];
  cancel_grace(member);
  member.tabs.push_back({socket, false});
  update_own(workspace, id, member);
}

void PresenceTracker::disconnect(WorkspaceId workspace, MemberId id, SocketId socket) {
  Member* member = find(workspace, id);
  if (member == nullptr) return;
  if (std::erase_if(member->tabs, [socket](const Tab& tab) { return tab.socket == socket; }) == 0) return;
  if (!member->tabs.empty()) {
    update_own(workspace, id, *member);
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
  update_own(workspace, id, *member);
  drop_if_deserted(workspace);
}

void PresenceTracker::set_away(WorkspaceId workspace, MemberId id, SocketId socket, bool away) {
  Member* member = find(workspace, id);
  if (member == nullptr) return;
  const auto tab = std::ranges::find(member->tabs, socket, &Tab::socket);
  if (tab == member->tabs.end()) return;
  tab->away = away;
  update_own(workspace, id, *member);
}

void PresenceTracker::set_elsewhere(WorkspaceId workspace, MemberId id, const NodeIncarnation& node,
                                    PresenceStatus status) {
  if (former_.contains(id)) return;
  const bool is_offline = status == PresenceStatus::offline;
  if (is_offline && find(workspace, id) == nullptr) return;
  Member& member = workspaces_[workspace].members[id];
  const auto known = std::ranges::find(member.elsewhere, node, &Elsewhere::node);
  if (known == member.elsewhere.end()) {
    if (!is_offline) member.elsewhere.push_back({node, status});
  } else if (is_offline) {
    member.elsewhere.erase(known);
  } else {
    known->status = status;
  }
  merge(workspace, id, member);
  drop_if_deserted(workspace);
}

void PresenceTracker::forget_elsewhere(WorkspaceId workspace) {
  const auto entry = workspaces_.find(workspace);
  if (entry == workspaces_.end()) return;
  for (auto& [id, member] : entry->second.members) {
    member.elsewhere.clear();
    if (member.told != PresenceStatus::offline && member.own == PresenceStatus::offline) count(entry->second, false);
    member.told = member.own;
  }
  drop_if_deserted(workspace);
}

void PresenceTracker::update_own(WorkspaceId workspace, MemberId id, Member& member) {
  PresenceStatus own = PresenceStatus::offline;
  if (!member.tabs.empty()) {
    own = std::ranges::all_of(member.tabs, &Tab::away) ? PresenceStatus::away : PresenceStatus::online;
  }
  if (own == member.own) return;
  member.own = own;
  merge(workspace, id, member);
  tell_own(workspace, id, own);
}

void PresenceTracker::merge(WorkspaceId workspace, MemberId id, Member& member) {
  const auto stands_as = [&](PresenceStatus status) {
    return member.own == status ||
           std::ranges::find(member.elsewhere, status, &Elsewhere::status) != member.elsewhere.end();
  };
  const PresenceStatus status = stands_as(PresenceStatus::online) ? PresenceStatus::online
                                : stands_as(PresenceStatus::away) ? PresenceStatus::away
                                                                  : PresenceStatus::offline;
  if (status == member.told) return;
  if (member.told == PresenceStatus::offline) count(workspaces_.at(workspace), true);
  if (status == PresenceStatus::offline) count(workspaces_.at(workspace), false);
  member.told = status;
  member.last_seen_at = clock_.now();
  listener_.changed(workspace, describe(id, member));
}

void PresenceTracker::count(Workspace& present, bool online) {
  online ? ++present.online : --present.online;
  online_gauge_.add(online ? 1 : -1);
}

void PresenceTracker::tell_own(WorkspaceId workspace, MemberId id, PresenceStatus own) {
  if (own_listener_ != nullptr) own_listener_->own_changed(workspace, id, own);
}

void PresenceTracker::forget(WorkspaceId workspace, MemberId id) {
  former_.add(id);
  Member* member = find(workspace, id);
  if (member == nullptr) return;
  cancel_grace(*member);
  Workspace& present = workspaces_.at(workspace);
  if (member->told != PresenceStatus::offline) count(present, false);
  const bool was_here = member->own != PresenceStatus::offline;
  present.members.erase(id);
  drop_if_deserted(workspace);
  listener_.forgotten(workspace, id);
  if (was_here) tell_own(workspace, id, PresenceStatus::offline);
}

void PresenceTracker::forget(WorkspaceId workspace) {
  const auto entry = workspaces_.find(workspace);
  if (entry == workspaces_.end()) return;
  const auto gone = workspaces_.extract(entry);
  online_gauge_.add(-static_cast<std::int64_t>(gone.mapped().online));
  for (auto& [id, member] : gone.mapped().members) {
    cancel_grace(member);
    former_.add(id);
  }
  listener_.forgotten(workspace);
  for (const auto& [id, member] : gone.mapped().members) {
    if (member.own != PresenceStatus::offline) tell_own(workspace, id, PresenceStatus::offline);
  }
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
