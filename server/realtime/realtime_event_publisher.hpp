// RealtimeEventPublisher: turns DomainEvents into ServerEvents. It re-reads what was committed, builds the DTO and
// broadcasts it on the event's channel. Belongs to the realtime thread.
#pragma once

#include <string>

#include "billing/subscription.hpp"
#include "catalog/server_event.hpp"
#include "kernel/event_bus.hpp"
#include "kernel/metrics.hpp"
#include "realtime/permission_channels.hpp"
#include "realtime/presence_tracker.hpp"
#include "realtime/realtime_hub.hpp"
#include "workspaces/projection.hpp"

namespace orbit::realtime {

class RealtimeEventPublisher {
 public:
  struct Sources {
    kernel::UnitOfWork& unit_of_work;
    workspaces::Repositories workspaces;
    const billing::SubscriptionRepository& subscriptions;
  };

  /// Subscribes to `bus`, one subscription for each event type. `epoch` names the log's history.
  RealtimeEventPublisher(kernel::EventBus& bus, const Sources& sources, RealtimeHub& hub, PresenceTracker& presence,
                         const FrameEncoder& encoder, std::string epoch, kernel::MetricsRegistry& metrics);

  /// An event could not be read or sent: whoever is connected is told to hydrate again, rather than left behind.
  void event_lost(const kernel::DomainEvent& event);

 private:
  void subscribe_to_workspace(kernel::EventBus& bus);
  void subscribe_to_members(kernel::EventBus& bus);
  void subscribe_to_roles(kernel::EventBus& bus);
  void subscribe_to_invites(kernel::EventBus& bus);
  void subscribe_to_teams(kernel::EventBus& bus);

  // Reads with `project(context)`, which gives an optional DTO. Nothing there: the aggregate is gone, and so is the
  // event.
  template <class Project>
  auto read(Project project);

  void broadcast(const kernel::DomainEvent& cause, const catalog::ServerEvent& event);
  void send_resync(const std::vector<SocketHandle>& sockets, kernel::Seq seq, catalog::ResyncReason reason);
  void role_changed(const kernel::DomainEvent& cause, kernel::MemberId member);
  void role_updated(const kernel::DomainEvent& cause, kernel::RoleId role);

  Sources sources_;
  workspaces::WorkspaceProjection projection_;
  RealtimeHub& hub_;
  PermissionChannels permission_channels_;
  PresenceTracker& presence_;
  const FrameEncoder& encoder_;
  std::string epoch_;
  kernel::Metric& dropped_counter_;
};

}  // namespace orbit::realtime
