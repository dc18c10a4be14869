// RealtimeEventPublisher: tells tabs of DomainEvents. It broadcasts what an EventProjector makes of each on the event's
// channel, notes it for those who come back, and does what else the event asks for: closing sockets, changing channels.
// Belongs to the realtime thread.
#pragma once

#include <string>

#include "kernel/event_bus.hpp"
#include "realtime/event_projector.hpp"
#include "realtime/permission_channels.hpp"
#include "realtime/presence_tracker.hpp"
#include "realtime/realtime_hub.hpp"
#include "realtime/stream_history.hpp"

namespace orbit::realtime {

class RealtimeEventPublisher {
 public:
  struct Parts {
    kernel::EventBus& bus;
    kernel::UnitOfWork& unit_of_work;
    workspaces::Repositories workspaces;
    EventProjector& projector;
    const RoomProjections& room_projections;
    RealtimeHub& hub;
    StreamHistory& history;
    PresenceTracker& presence;
    const FrameEncoder& encoder;
  };

  /// Subscribes to the bus, once for each event type. `epoch` names the log's history. An event that can't be projected
  /// is an exception, which the bus reports to its failure sink.
  RealtimeEventPublisher(const Parts& parts, std::string epoch);

  /// An event could not be read or sent: whoever is connected is told to hydrate again, rather than left behind.
  void event_lost(const kernel::DomainEvent& event);

 private:
  // Tells the audience of any event; the overloads do what else belongs to theirs.
  template <class Event>
  void publish(const Event& event, const kernel::DomainEvent& cause);
  void publish(const workspaces::WorkspaceDeleted& event, const kernel::DomainEvent& cause);
  void publish(const workspaces::MemberLeft& event, const kernel::DomainEvent& cause);
  void publish(const workspaces::MemberRoleChanged& event, const kernel::DomainEvent& cause);
  void publish(const workspaces::RoleUpdated& event, const kernel::DomainEvent& cause);

  struct Holders {
    std::vector<kernel::MemberId> members;
    workspaces::Permissions permissions;
  };

  void tell(const kernel::DomainEvent& cause);
  void tell_and_switch_channels(const kernel::DomainEvent& cause, const Holders& holders);
  [[nodiscard]] Holders holder_now(kernel::MemberId member);
  [[nodiscard]] Holders holders_now(kernel::RoleId role);
  void send_resync(const std::vector<SocketHandle>& sockets, kernel::Seq seq, catalog::ResyncReason reason);

  Parts parts_;
  PermissionChannels permission_channels_;
  std::string epoch_;
};

}  // namespace orbit::realtime
