#include "realtime/realtime_event_publisher.hpp"

#include <stdexcept>

#include "catalog/json.hpp"
#include "kernel/fault.hpp"
#include "realtime/channel.hpp"

namespace orbit::realtime {

using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Result;

namespace {

std::string channel_of(const ProjectedEvent& event, kernel::WorkspaceId workspace) {
  switch (event.audience) {
    case catalog::Audience::workspace:
      return workspace_channel(workspace);
    case catalog::Audience::inviters:
      return workspace_channel(workspace, catalog::Permission::workspace_members_invite);
    case catalog::Audience::room:
      return room_channel(workspace, event.room);
    case catalog::Audience::socket:
      break;
  }
  throw std::logic_error("a DomainEvent tells a workspace or a room, not one socket");
}

}  // namespace

RealtimeEventPublisher::RealtimeEventPublisher(const Parts& parts, std::string epoch)
    : parts_(parts), permission_channels_(parts.hub), epoch_(std::move(epoch)) {
  const auto publish_typed = [this](const auto& event, const DomainEvent& cause) { publish(event, cause); };
  parts_.bus.subscribe_each<workspaces::Events>(publish_typed);
  parts_.bus.subscribe_each<billing::Events>(publish_typed);
  for (const RoomProjection* room : parts_.room_projections) {
    for (const std::string_view type : room->types()) {
      parts_.bus.subscribe(type, [this](const DomainEvent& cause) { tell(cause); });
    }
  }
}

void RealtimeEventPublisher::tell(const DomainEvent& cause) {
  const auto projected = parts_.projector.project(cause);
  if (!projected) throw std::runtime_error(projected.error().message);
  if (!*projected) return;
  const ProjectedEvent& event = **projected;
  const auto frame = parts_.encoder.encode(event.json, cause.seq, cause.committed_at);
  parts_.hub.broadcast(channel_of(event, cause.workspace_id), frame);
  parts_.history.record(cause.workspace_id,
                        {cause.seq, event.audience, frame, permissions_changed_by(cause), event.room});
}

template <class Event>
void RealtimeEventPublisher::publish(const Event&, const DomainEvent& cause) {
  tell(cause);
}

void RealtimeEventPublisher::publish(const workspaces::WorkspaceDeleted&, const DomainEvent& cause) {
  tell(cause);
  parts_.hub.close_workspace(cause.workspace_id, CloseCode::membership_ended, "the workspace was deleted");
  parts_.presence.forget(cause.workspace_id);
}

void RealtimeEventPublisher::publish(const workspaces::MemberLeft& event, const DomainEvent& cause) {
  tell(cause);
  if (kernel::is_broken(kernel::Fault::keep_removed_socket)) return;
  parts_.hub.close_member(event.member_id, CloseCode::membership_ended, "the membership ended");
  parts_.presence.forget(cause.workspace_id, event.member_id);
}

void RealtimeEventPublisher::publish(const workspaces::MemberRoleChanged& event, const DomainEvent& cause) {
  tell_and_switch_channels(cause, holder_now(event.member_id));
}

void RealtimeEventPublisher::publish(const workspaces::RoleUpdated& event, const DomainEvent& cause) {
  tell_and_switch_channels(cause, holders_now(event.role_id));
}

// What a member may no longer see stops before the event that says so; what they may see now begins behind it.
void RealtimeEventPublisher::tell_and_switch_channels(const DomainEvent& cause, const Holders& holders) {
  for (const kernel::MemberId member : holders.members) {
    permission_channels_.revoke(cause.workspace_id, member, holders.permissions);
  }
  tell(cause);
  for (const kernel::MemberId member : holders.members) {
    send_resync(permission_channels_.grant(cause.workspace_id, member, holders.permissions), cause.seq,
                catalog::ResyncReason::permissions);
  }
}

RealtimeEventPublisher::Holders RealtimeEventPublisher::holder_now(kernel::MemberId id) {
  auto holders = parts_.unit_of_work.read([&](const ReadContext& context) -> Result<Holders> {
    const auto member = parts_.workspaces.members.find(context, id);
    if (!member) return Holders{};
    const auto role = parts_.workspaces.roles.find(context, member->state().role_id);
    if (!role) return Holders{};
    return Holders{{id}, role->state().permissions};
  });
  if (!holders) throw std::runtime_error(holders.error().message);
  return *std::move(holders);
}

RealtimeEventPublisher::Holders RealtimeEventPublisher::holders_now(kernel::RoleId id) {
  auto holders = parts_.unit_of_work.read([&](const ReadContext& context) -> Result<Holders> {
    const auto role = parts_.workspaces.roles.find(context, id);
    if (!role) return Holders{};
    Holders found{{}, role->state().permissions};
    for (const auto& member : parts_.workspaces.members.list_with_role(context, id)) found.members.push_back(member.id);
    return found;
  });
  if (!holders) throw std::runtime_error(holders.error().message);
  return *std::move(holders);
}

void RealtimeEventPublisher::event_lost(const DomainEvent& event) {
  parts_.history.lost(event.workspace_id, event.seq);
  send_resync(parts_.hub.sockets_for_workspace(event.workspace_id), event.seq, catalog::ResyncReason::event_lost);
}

// Carries a seq, so that it is not dropped under pressure.
void RealtimeEventPublisher::send_resync(const std::vector<SocketHandle>& sockets, kernel::Seq seq,
                                         catalog::ResyncReason reason) {
  if (sockets.empty()) return;
  const auto epoch = kernel::stream_epoch(epoch_, sockets.front().identity.workspace);
  const catalog::Resync resync{epoch, seq, reason};
  const auto frame = parts_.encoder.encode(catalog::to_json(resync, std::nullopt), seq);
  for (const SocketHandle& socket : sockets) socket.send(frame);
}

}  // namespace orbit::realtime
