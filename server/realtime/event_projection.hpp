// EventProjection: what tabs are told of a DomainEvent: the ServerEvent made from what is committed now. Every event of
// every feature has its overload here; one that is missing doesn't compile where the feature's EventList is handled.
// Stateless: any thread, with a context of that thread's own.
#pragma once

#include <optional>

#include "billing/subscription.hpp"
#include "catalog/server_event.hpp"
#include "workspaces/events.hpp"
#include "workspaces/projection.hpp"

namespace orbit::realtime {

class EventProjection {
 public:
  using Context = kernel::ReadContext;
  using Projected = std::optional<catalog::ServerEvent>;

  EventProjection(const workspaces::Repositories& workspaces, const billing::SubscriptionRepository& subscriptions)
      : workspaces_(workspaces), subscriptions_(subscriptions) {}

  /// An event as the log keeps it. Those of features that are not projected here tell nothing.
  Projected project(const Context& context, const kernel::DomainEvent& event) const;

  /// nullopt where what the event is about is gone by now, or where there is nothing to tell.
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::WorkspaceCreated& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::WorkspaceUpdated& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::WorkspaceDeleted& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace, const workspaces::MemberJoined& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::MemberRoleChanged& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::MemberUpdated& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace, const workspaces::MemberLeft& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace, const workspaces::RoleCreated& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace, const workspaces::RoleUpdated& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace, const workspaces::RoleDeleted& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::InviteCreated& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::InviteRevoked& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::InviteAccepted& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace, const workspaces::TeamCreated& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace, const workspaces::TeamUpdated& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace, const workspaces::TeamDeleted& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::TeamMemberAdded& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const workspaces::TeamMemberRemoved& event) const;
  Projected project(const Context& context, kernel::WorkspaceId workspace,
                    const billing::SubscriptionUpdated& event) const;

 private:
  workspaces::WorkspaceProjection workspaces_;
  const billing::SubscriptionRepository& subscriptions_;
};

}  // namespace orbit::realtime
