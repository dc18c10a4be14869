// RealtimeEventPublisher: turns DomainEvents into ServerEvents. It re-reads what was committed, builds the DTO and
// broadcasts it on the event's channel. Belongs to the realtime thread.
#pragma once

#include <string>

#include "kernel/event_bus.hpp"
#include "kernel/metrics.hpp"
#include "realtime/event_projection.hpp"
#include "realtime/permission_channels.hpp"
#include "realtime/presence_tracker.hpp"
#include "realtime/realtime_hub.hpp"
#include "realtime/stream_history.hpp"

namespace orbit::realtime {

class RealtimeEventPublisher {
 public:
  struct Sources {
    kernel::UnitOfWork& unit_of_work;
    workspaces::Repositories workspaces;
    const billing::SubscriptionRepository& subscriptions;
  };

  /// Subscribes to `bus`, one subscription for each event type. `epoch` names the log's history.
  RealtimeEventPublisher(kernel::EventBus& bus, const Sources& sources, RealtimeHub& hub, StreamHistory& history,
                         PresenceTracker& presence, const FrameEncoder& encoder, std::string epoch,
                         kernel::MetricsRegistry& metrics);

  /// An event could not be read or sent: whoever is connected is told to hydrate again, rather than left behind.
  void event_lost(const kernel::DomainEvent& event);

 private:
  // Tells the audience of any event; the overloads do what else belongs to theirs.
  template <class Event>
  void publish(const Event& event, const kernel::DomainEvent& cause);
  void publish(const workspaces::WorkspaceCreated& event, const kernel::DomainEvent& cause);
  void publish(const workspaces::WorkspaceDeleted& event, const kernel::DomainEvent& cause);
  void publish(const workspaces::MemberLeft& event, const kernel::DomainEvent& cause);
  void publish(const workspaces::MemberRoleChanged& event, const kernel::DomainEvent& cause);
  void publish(const workspaces::RoleUpdated& event, const kernel::DomainEvent& cause);

  template <class Event>
  EventProjection::Projected project(const Event& event, const kernel::DomainEvent& cause);
  void broadcast(const kernel::DomainEvent& cause, const catalog::ServerEvent& event);
  void send_resync(const std::vector<SocketHandle>& sockets, kernel::Seq seq, catalog::ResyncReason reason);

  Sources sources_;
  EventProjection projection_;
  RealtimeHub& hub_;
  StreamHistory& history_;
  PermissionChannels permission_channels_;
  PresenceTracker& presence_;
  const FrameEncoder& encoder_;
  std::string epoch_;
  kernel::Metric& dropped_counter_;
};

}  // namespace orbit::realtime
