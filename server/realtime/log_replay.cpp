#include "realtime/log_replay.hpp"

#include <algorithm>
#include <unordered_map>

#include "catalog/json.hpp"

namespace orbit::realtime {

using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Result;
using kernel::Seq;

LogReplay::LogReplay(kernel::UnitOfWork& unit_of_work, const kernel::EventLog& log, const EventProjection& projection,
                     const FrameEncoder& encoder, const RoomProjections& rooms)
    : unit_of_work_(unit_of_work), log_(log), projection_(projection), encoder_(encoder) {
  for (const RoomProjection* room : rooms) {
    for (const std::string_view type : room->types()) rooms_.emplace(type, room);
  }
}

// What an event is about: of several events of one subject, the last alone tells its present state.
std::string LogReplay::subject_of(const DomainEvent& event) const {
  if (!rooms_.contains(event.type)) {
    return event.ids.empty() ? event.type.substr(0, event.type.rfind('.')) : event.ids.front().second;
  }
  std::string subject = event.type;
  for (const auto& [name, id] : event.ids) subject += " " + id;
  return subject;
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
    auto entries = project(context, log_.events_after(context, workspace, floor, through - floor));
    if (!entries) return std::unexpected(entries.error());
    return Stretch{floor, *std::move(entries)};
  });
}

Result<std::vector<HistoryEntry>> LogReplay::project(const ReadContext& context,
                                                     const std::vector<DomainEvent>& events) const {
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
    auto entry = project(context, *event);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) continue;
    (*entry)->permissions_of = permissions_of;
    entries.push_back(**std::move(entry));
  }
  std::ranges::sort(entries, {}, &HistoryEntry::seq);
  return entries;
}

Result<LogReplay::Entry> LogReplay::project(const ReadContext& context, const DomainEvent& event) const {
  const auto encode = [&](const std::string& json) { return encoder_.encode(json, event.seq); };
  if (const auto room = rooms_.find(event.type); room != rooms_.end()) {
    const auto told = room->second->project(context, event);
    if (!told) return std::unexpected(told.error());
    if (!*told) return Entry{};
    return HistoryEntry{event.seq, catalog::Audience::room, encode((*told)->json), std::nullopt, (*told)->room};
  }
  const auto told = present_state(projection_, context, event);
  if (!told) return Entry{};
  const auto audience = std::visit([](const auto& held) { return held.audience; }, *told);
  return HistoryEntry{event.seq, audience, encode(catalog::to_json(*told, event.seq))};
}

}  // namespace orbit::realtime
