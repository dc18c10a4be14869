#include "realtime/event_projection.hpp"

namespace orbit::realtime {

using Context = kernel::ReadContext;
using Projected = EventProjection::Projected;
using kernel::WorkspaceId;

namespace {

// The event around its DTO, if there is one.
template <class Event, class Dto>
Projected with(std::optional<Dto> dto) {
  if (!dto) return std::nullopt;
  return Event{*std::move(dto)};
}

}  // namespace

Projected EventProjection::project(const Context& context, const kernel::DomainEvent& event) const {
  Projected projected;
  kernel::visit_event<boost::mp11::mp_append<workspaces::Events, billing::Events>>(
      event, [&](const auto& typed) { projected = project(context, event.workspace_id, typed); });
  return projected;
}

// A workspace that was just made has no tabs.
Projected EventProjection::project(const Context&, WorkspaceId, const workspaces::WorkspaceCreated&) const {
  return std::nullopt;
}

Projected EventProjection::project(const Context& context, WorkspaceId workspace,
                                   const workspaces::WorkspaceUpdated&) const {
  return with<catalog::WorkspaceUpdated>(workspaces_.workspace(context, workspace));
}

Projected EventProjection::project(const Context&, WorkspaceId workspace, const workspaces::WorkspaceDeleted&) const {
  return catalog::WorkspaceDeleted{workspace};
}

Projected EventProjection::project(const Context& context, WorkspaceId, const workspaces::MemberJoined& event) const {
  return with<catalog::MemberJoined>(workspaces_.member(context, event.member_id));
}

Projected EventProjection::project(const Context& context, WorkspaceId,
                                   const workspaces::MemberRoleChanged& event) const {
  return with<catalog::MemberRoleChanged>(workspaces_.member(context, event.member_id));
}

Projected EventProjection::project(const Context& context, WorkspaceId, const workspaces::MemberUpdated& event) const {
  return with<catalog::MemberUpdated>(workspaces_.member(context, event.member_id));
}

Projected EventProjection::project(const Context&, WorkspaceId, const workspaces::MemberLeft& event) const {
  return catalog::MemberLeft{event.member_id};
}

Projected EventProjection::project(const Context& context, WorkspaceId, const workspaces::RoleCreated& event) const {
  return with<catalog::RoleCreated>(workspaces_.role(context, event.role_id));
}

Projected EventProjection::project(const Context& context, WorkspaceId, const workspaces::RoleUpdated& event) const {
  return with<catalog::RoleUpdated>(workspaces_.role(context, event.role_id));
}

Projected EventProjection::project(const Context&, WorkspaceId, const workspaces::RoleDeleted& event) const {
  return catalog::RoleDeleted{event.role_id};
}

Projected EventProjection::project(const Context& context, WorkspaceId, const workspaces::InviteCreated& event) const {
  return with<catalog::InviteCreated>(workspaces_.invite(context, event.invite_id));
}

Projected EventProjection::project(const Context&, WorkspaceId, const workspaces::InviteRevoked& event) const {
  return catalog::InviteRevoked{event.invite_id};
}

Projected EventProjection::project(const Context&, WorkspaceId, const workspaces::InviteAccepted& event) const {
  return catalog::InviteAccepted{event.invite_id};
}

Projected EventProjection::project(const Context& context, WorkspaceId, const workspaces::TeamCreated& event) const {
  return with<catalog::TeamCreated>(workspaces_.team(context, event.team_id));
}

Projected EventProjection::project(const Context& context, WorkspaceId, const workspaces::TeamUpdated& event) const {
  return with<catalog::TeamUpdated>(workspaces_.team(context, event.team_id));
}

Projected EventProjection::project(const Context&, WorkspaceId, const workspaces::TeamDeleted& event) const {
  return catalog::TeamDeleted{event.team_id};
}

Projected EventProjection::project(const Context&, WorkspaceId, const workspaces::TeamMemberAdded& event) const {
  return catalog::TeamMemberAdded{event.team_id, event.member_id};
}

Projected EventProjection::project(const Context&, WorkspaceId, const workspaces::TeamMemberRemoved& event) const {
  return catalog::TeamMemberRemoved{event.team_id, event.member_id};
}

Projected EventProjection::project(const Context& context, WorkspaceId workspace,
                                   const billing::SubscriptionUpdated&) const {
  const auto found = subscriptions_.find_by_workspace(context, workspace);
  if (!found) return std::nullopt;
  return catalog::SubscriptionUpdated{billing::to_dto(found->state())};
}

}  // namespace orbit::realtime
