#include "realtime/realtime_event_publisher.hpp"

#include <stdexcept>

#include "billing/subscription.hpp"
#include "catalog/json.hpp"
#include "realtime/event_channel.hpp"
#include "workspaces/events.hpp"

namespace orbit::realtime {

using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Result;

RealtimeEventPublisher::RealtimeEventPublisher(kernel::EventBus& bus, const Sources& sources, RealtimeHub& hub,
                                               PresenceTracker& presence, const FrameEncoder& encoder,
                                               std::string epoch, kernel::MetricsRegistry& metrics)
    : sources_(sources),
      projection_(sources.workspaces),
      hub_(hub),
      permission_channels_(hub),
      presence_(presence),
      encoder_(encoder),
      epoch_(std::move(epoch)),
      dropped_counter_(metrics.counter("orbit_publisher_dropped_total",
                                       "Events not sent because what they are about was gone already")) {
  subscribe_to_workspace(bus);
  subscribe_to_members(bus);
  subscribe_to_roles(bus);
  subscribe_to_invites(bus);
  subscribe_to_teams(bus);
}

template <class Project>
auto RealtimeEventPublisher::read(Project project) {
  using Dto = std::invoke_result_t<Project&, const ReadContext&>;
  auto found = sources_.unit_of_work.read([&](const ReadContext& context) -> Result<Dto> { return project(context); });
  if (!found) throw std::runtime_error(found.error().message);
  if (!*found) dropped_counter_.add();
  return *std::move(found);
}

void RealtimeEventPublisher::broadcast(const DomainEvent& cause, const catalog::ServerEvent& event) {
  hub_.broadcast(channel_of(event, cause.workspace_id), encoder_.encode(catalog::to_json(event, cause.seq), cause.seq));
}

void RealtimeEventPublisher::subscribe_to_workspace(kernel::EventBus& bus) {
  using namespace workspaces;
  bus.subscribe<WorkspaceUpdated>([this](const auto&, const DomainEvent& cause) {
    const auto dto =
        read([&](const ReadContext& context) { return projection_.workspace(context, cause.workspace_id); });
    if (dto) broadcast(cause, catalog::WorkspaceUpdated{*dto});
  });
  bus.subscribe<WorkspaceDeleted>([this](const auto&, const DomainEvent& cause) {
    broadcast(cause, catalog::WorkspaceDeleted{cause.workspace_id});
    hub_.close_workspace(cause.workspace_id, CloseCode::membership_ended, "the workspace was deleted");
    presence_.forget(cause.workspace_id);
  });
  bus.subscribe<billing::SubscriptionUpdated>([this](const auto&, const DomainEvent& cause) {
    const auto found = read([&](const ReadContext& context) {
      return sources_.subscriptions.find_by_workspace(context, cause.workspace_id);
    });
    if (found) broadcast(cause, catalog::SubscriptionUpdated{billing::to_dto(found->state())});
  });
}

void RealtimeEventPublisher::subscribe_to_members(kernel::EventBus& bus) {
  using namespace workspaces;
  const auto member = [this](kernel::MemberId id) {
    return read([&](const ReadContext& context) { return projection_.member(context, id); });
  };
  bus.subscribe<MemberJoined>([this, member](const MemberJoined& event, const DomainEvent& cause) {
    if (const auto dto = member(event.member_id)) broadcast(cause, catalog::MemberJoined{*dto});
  });
  bus.subscribe<MemberUpdated>([this, member](const MemberUpdated& event, const DomainEvent& cause) {
    if (const auto dto = member(event.member_id)) broadcast(cause, catalog::MemberUpdated{*dto});
  });
  bus.subscribe<MemberRoleChanged>(
      [this](const MemberRoleChanged& event, const DomainEvent& cause) { role_changed(cause, event.member_id); });
  bus.subscribe<MemberLeft>([this](const MemberLeft& event, const DomainEvent& cause) {
    broadcast(cause, catalog::MemberLeft{event.member_id});
    hub_.close_member(event.member_id, CloseCode::membership_ended, "the membership ended");
    presence_.forget(cause.workspace_id, event.member_id);
  });
}

// What a member may no longer see stops before the event that says so; what they may see now begins behind it.
void RealtimeEventPublisher::role_changed(const DomainEvent& cause, kernel::MemberId id) {
  const auto dto = read([&](const ReadContext& context) { return projection_.member(context, id); });
  if (!dto) return;
  permission_channels_.revoke(cause.workspace_id, id, dto->role.permissions);
  broadcast(cause, catalog::MemberRoleChanged{*dto});
  send_resync(permission_channels_.grant(cause.workspace_id, id, dto->role.permissions), cause.seq,
              catalog::ResyncReason::permissions);
}

void RealtimeEventPublisher::role_updated(const DomainEvent& cause, kernel::RoleId id) {
  const auto dto = read([&](const ReadContext& context) { return projection_.role(context, id); });
  if (!dto) return;
  const auto holders = read([&](const ReadContext& context) {
    return std::optional(sources_.workspaces.members.list_with_role(context, id));
  });
  for (const auto& holder : *holders) permission_channels_.revoke(cause.workspace_id, holder.id, dto->permissions);
  broadcast(cause, catalog::RoleUpdated{*dto});
  for (const auto& holder : *holders) {
    send_resync(permission_channels_.grant(cause.workspace_id, holder.id, dto->permissions), cause.seq,
                catalog::ResyncReason::permissions);
  }
}

void RealtimeEventPublisher::event_lost(const DomainEvent& event) {
  send_resync(hub_.sockets_for_workspace(event.workspace_id), event.seq, catalog::ResyncReason::event_lost);
}

// Carries a seq, so that it is not dropped under pressure.
void RealtimeEventPublisher::send_resync(const std::vector<SocketHandle>& sockets, kernel::Seq seq,
                                         catalog::ResyncReason reason) {
  if (sockets.empty()) return;
  const catalog::Resync resync{epoch_, seq, reason};
  const auto frame = encoder_.encode(catalog::to_json(resync, std::nullopt), seq);
  for (const SocketHandle& socket : sockets) socket.send(frame);
}

void RealtimeEventPublisher::subscribe_to_roles(kernel::EventBus& bus) {
  using namespace workspaces;
  bus.subscribe<RoleCreated>([this](const RoleCreated& event, const DomainEvent& cause) {
    const auto dto = read([&](const ReadContext& context) { return projection_.role(context, event.role_id); });
    if (dto) broadcast(cause, catalog::RoleCreated{*dto});
  });
  bus.subscribe<RoleUpdated>(
      [this](const RoleUpdated& event, const DomainEvent& cause) { role_updated(cause, event.role_id); });
  bus.subscribe<RoleDeleted>([this](const RoleDeleted& event, const DomainEvent& cause) {
    broadcast(cause, catalog::RoleDeleted{event.role_id});
  });
}

void RealtimeEventPublisher::subscribe_to_invites(kernel::EventBus& bus) {
  using namespace workspaces;
  bus.subscribe<InviteCreated>([this](const InviteCreated& event, const DomainEvent& cause) {
    const auto dto = read([&](const ReadContext& context) { return projection_.invite(context, event.invite_id); });
    if (dto) broadcast(cause, catalog::InviteCreated{*dto});
  });
  bus.subscribe<InviteRevoked>([this](const InviteRevoked& event, const DomainEvent& cause) {
    broadcast(cause, catalog::InviteRevoked{event.invite_id});
  });
  bus.subscribe<InviteAccepted>([this](const InviteAccepted& event, const DomainEvent& cause) {
    broadcast(cause, catalog::InviteAccepted{event.invite_id});
  });
}

void RealtimeEventPublisher::subscribe_to_teams(kernel::EventBus& bus) {
  using namespace workspaces;
  const auto team = [this](kernel::TeamId id) {
    return read([&](const ReadContext& context) { return projection_.team(context, id); });
  };
  bus.subscribe<TeamCreated>([this, team](const TeamCreated& event, const DomainEvent& cause) {
    if (const auto dto = team(event.team_id)) broadcast(cause, catalog::TeamCreated{*dto});
  });
  bus.subscribe<TeamUpdated>([this, team](const TeamUpdated& event, const DomainEvent& cause) {
    if (const auto dto = team(event.team_id)) broadcast(cause, catalog::TeamUpdated{*dto});
  });
  bus.subscribe<TeamDeleted>([this](const TeamDeleted& event, const DomainEvent& cause) {
    broadcast(cause, catalog::TeamDeleted{event.team_id});
  });
  bus.subscribe<TeamMemberAdded>([this](const TeamMemberAdded& event, const DomainEvent& cause) {
    broadcast(cause, catalog::TeamMemberAdded{event.team_id, event.member_id});
  });
  bus.subscribe<TeamMemberRemoved>([this](const TeamMemberRemoved& event, const DomainEvent& cause) {
    broadcast(cause, catalog::TeamMemberRemoved{event.team_id, event.member_id});
  });
}

}  // namespace orbit::realtime
