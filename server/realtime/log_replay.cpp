#include "realtime/log_replay.hpp"

#include <algorithm>
#include <unordered_map>

#include "catalog/json.hpp"

namespace orbit::realtime {

using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Result;
using kernel::Seq;

std::string subject_of(const DomainEvent& event) {
  return event.ids.empty() ? event.type.substr(0, event.type.rfind('.')) : event.ids.front().second;
}

std::optional<kernel::Uuid> permissions_changed_by(const DomainEvent& event) {
  if (const auto joined = kernel::from_domain_event<workspaces::MemberJoined>(event)) return joined->member_id.uuid();
  if (const auto changed = kernel::from_domain_event<workspaces::MemberRoleChanged>(event)) {
    return changed->member_id.uuid();
  }
  if (const auto updated = kernel::from_domain_event<workspaces::RoleUpdated>(event)) return updated->role_id.uuid();
  return std::nullopt;
}

namespace {

// Who was added to a team or taken from it is part of the team's present state.
EventProjection::Projected present_state(const EventProjection& projection, const ReadContext& context,
                                         const DomainEvent& event) {
  const auto team = [&](const auto& typed) {
    return projection.project(context, event.workspace_id, workspaces::TeamUpdated{typed->team_id});
  };
  if (const auto added = kernel::from_domain_event<workspaces::TeamMemberAdded>(event)) return team(added);
  if (const auto removed = kernel::from_domain_event<workspaces::TeamMemberRemoved>(event)) return team(removed);
  return projection.project(context, event);
}

}  // namespace

Result<LogReplay::Stretch> LogReplay::read(kernel::WorkspaceId workspace, Seq wanted, Seq through) {
  return unit_of_work_.read([&](const ReadContext& context) -> Result<Stretch> {
    const Seq floor = std::min(std::max(wanted, log_.trimmed_seq(context, workspace)), through);
    return Stretch{floor, project(context, log_.events_after(context, workspace, floor, through - floor))};
  });
}

std::vector<HistoryEntry> LogReplay::project(const ReadContext& context, const std::vector<DomainEvent>& events) const {
  // By subject, and whose permissions any of its events may have changed.
  std::unordered_map<std::string, std::pair<const DomainEvent*, std::optional<kernel::Uuid>>> last;
  for (const DomainEvent& event : events) {
    auto& [newest, permissions_of] = last[subject_of(event)];
    newest = &event;
    if (const auto whose = permissions_changed_by(event)) permissions_of = whose;
  }
  std::vector<HistoryEntry> entries;
  for (const auto& [subject, newest] : last) {
    const auto& [event, permissions_of] = newest;
    const auto told = present_state(projection_, context, *event);
    if (!told) continue;
    const auto audience = std::visit([](const auto& held) { return held.audience; }, *told);
    entries.push_back(
        {event->seq, audience, encoder_.encode(catalog::to_json(*told, event->seq), event->seq), permissions_of});
  }
  std::ranges::sort(entries, {}, &HistoryEntry::seq);
  return entries;
}

}  // namespace orbit::realtime
