#include "realtime/realtime_event_publisher.hpp"

#include <stdexcept>

#include "catalog/json.hpp"
#include "kernel/fault.hpp"
#include "realtime/event_channel.hpp"

namespace orbit::realtime {

using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Result;

RealtimeEventPublisher::RealtimeEventPublisher(kernel::EventBus& bus, const Sources& sources, RealtimeHub& hub,
                                               StreamHistory& history, PresenceTracker& presence,
                                               const FrameEncoder& encoder, std::string epoch,
                                               kernel::MetricsRegistry& metrics)
    : sources_(sources),
      projection_(sources.workspaces, sources.subscriptions),
      hub_(hub),
      history_(history),
      permission_channels_(hub),
      presence_(presence),
      encoder_(encoder),
      epoch_(std::move(epoch)),
      dropped_counter_(metrics.counter("orbit_publisher_dropped_total",
                                       "Events not sent because what they are about was gone already")) {
  const auto tell = [this](const auto& event, const DomainEvent& cause) { publish(event, cause); };
  bus.subscribe_each<workspaces::Events>(tell);
  bus.subscribe_each<billing::Events>(tell);
}

template <class Event>
EventProjection::Projected RealtimeEventPublisher::project(const Event& event, const DomainEvent& cause) {
  auto found = sources_.unit_of_work.read([&](const ReadContext& context) -> Result<EventProjection::Projected> {
    return projection_.project(context, cause.workspace_id, event);
  });
  if (!found) throw std::runtime_error(found.error().message);
  if (!*found) dropped_counter_.add();
  return *std::move(found);
}

void RealtimeEventPublisher::broadcast(const DomainEvent& cause, const catalog::ServerEvent& event) {
  const auto frame = encoder_.encode(catalog::to_json(event, cause.seq), cause.seq);
  hub_.broadcast(channel_of(event, cause.workspace_id), frame);
  const auto audience = std::visit([](const auto& held) { return held.audience; }, event);
  history_.record(cause.workspace_id, {cause.seq, audience, frame, permissions_changed_by(cause)});
}

template <class Event>
void RealtimeEventPublisher::publish(const Event& event, const DomainEvent& cause) {
  if (const auto projected = project(event, cause)) broadcast(cause, *projected);
}

void RealtimeEventPublisher::publish(const workspaces::WorkspaceCreated&, const DomainEvent&) {}

void RealtimeEventPublisher::publish(const workspaces::WorkspaceDeleted& event, const DomainEvent& cause) {
  publish<workspaces::WorkspaceDeleted>(event, cause);
  hub_.close_workspace(cause.workspace_id, CloseCode::membership_ended, "the workspace was deleted");
  presence_.forget(cause.workspace_id);
}

void RealtimeEventPublisher::publish(const workspaces::MemberLeft& event, const DomainEvent& cause) {
  publish<workspaces::MemberLeft>(event, cause);
  if (kernel::is_broken(kernel::Fault::keep_removed_socket)) return;
  hub_.close_member(event.member_id, CloseCode::membership_ended, "the membership ended");
  presence_.forget(cause.workspace_id, event.member_id);
}

// What a member may no longer see stops before the event that says so; what they may see now begins behind it.
void RealtimeEventPublisher::publish(const workspaces::MemberRoleChanged& event, const DomainEvent& cause) {
  const auto projected = project(event, cause);
  if (!projected) return;
  const auto& held = std::get<catalog::MemberRoleChanged>(*projected).member.role.permissions;
  permission_channels_.revoke(cause.workspace_id, event.member_id, held);
  broadcast(cause, *projected);
  send_resync(permission_channels_.grant(cause.workspace_id, event.member_id, held), cause.seq,
              catalog::ResyncReason::permissions);
}

void RealtimeEventPublisher::publish(const workspaces::RoleUpdated& event, const DomainEvent& cause) {
  const auto projected = project(event, cause);
  if (!projected) return;
  const auto holders =
      sources_.unit_of_work.read([&](const ReadContext& context) -> Result<std::vector<workspaces::Member::State>> {
        return sources_.workspaces.members.list_with_role(context, event.role_id);
      });
  if (!holders) throw std::runtime_error(holders.error().message);
  const auto& held = std::get<catalog::RoleUpdated>(*projected).role.permissions;
  for (const auto& holder : *holders) permission_channels_.revoke(cause.workspace_id, holder.id, held);
  broadcast(cause, *projected);
  for (const auto& holder : *holders) {
    send_resync(permission_channels_.grant(cause.workspace_id, holder.id, held), cause.seq,
                catalog::ResyncReason::permissions);
  }
}

void RealtimeEventPublisher::event_lost(const DomainEvent& event) {
  history_.lost(event.workspace_id, event.seq);
  send_resync(hub_.sockets_for_workspace(event.workspace_id), event.seq, catalog::ResyncReason::event_lost);
}

// Carries a seq, so that it is not dropped under pressure.
void RealtimeEventPublisher::send_resync(const std::vector<SocketHandle>& sockets, kernel::Seq seq,
                                         catalog::ResyncReason reason) {
  if (sockets.empty()) return;
  const auto epoch = kernel::stream_epoch(epoch_, sockets.front().identity.workspace);
  const catalog::Resync resync{epoch, seq, reason};
  const auto frame = encoder_.encode(catalog::to_json(resync, std::nullopt), seq);
  for (const SocketHandle& socket : sockets) socket.send(frame);
}

}  // namespace orbit::realtime
