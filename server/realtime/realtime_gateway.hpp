// RealtimeGateway: where sockets enter and leave the realtime room, and where what they send is handled. Its public
// calls come from any thread and are carried out on the realtime thread, in order.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "catalog/client_event.hpp"
#include "catalog/server_event.hpp"
#include "identity/session_service.hpp"
#include "kernel/metrics.hpp"
#include "realtime/permission_channels.hpp"
#include "realtime/presence_feed.hpp"
#include "realtime/relay.hpp"
#include "realtime/rooms.hpp"
#include "realtime/socket_admission.hpp"
#include "realtime/socket_events.hpp"
#include "realtime/stream_history.hpp"

namespace orbit::realtime {

struct GatewayOptions {
  std::chrono::milliseconds heartbeat{25'000};  // told to tabs in hello
  std::size_t sockets_per_member = 50;
  std::size_t sockets_per_workspace = 0;  // 0: no limit
  std::string node_name = {};             // told to tabs in hello; empty for none
  std::size_t max_pending_events =
      10'000;  // client events waiting for the realtime thread; beyond it: error "overloaded"
};

class RealtimeGateway final : public SocketEvents, public identity::SessionListener {
 public:
  struct Parts {
    kernel::Scheduler& scheduler;
    const kernel::Clock& clock;
    RealtimeHub& hub;
    PresenceTracker& presence;
    PresenceFeed& presence_feed;
    Relay& relay;
    StreamHistory& history;
    Rooms& rooms;
    SocketAdmission& admission;
    const FrameEncoder& encoder;
  };

  RealtimeGateway(const Parts& parts, std::string epoch, const GatewayOptions& options,
                  kernel::MetricsRegistry& metrics);

  void opened(const SocketHandle& socket, const std::optional<StreamCursor>& cursor) override;
  void received(const SocketHandle& socket, std::string_view text) override;
  void caught_up(const SocketHandle& socket) override;
  void skipped(const SocketHandle& socket) override;
  void broadcasts_dropped() override;
  void closed(const SocketHandle& socket) override;

  void session_ended(kernel::SessionId session) override;

 private:
  struct Handler;

  void attach(const SocketHandle& socket, const std::optional<StreamCursor>& cursor);
  void detach(const SocketHandle& socket);
  using Parsed = std::expected<catalog::ClientFrame, catalog::ClientFrameError>;
  void handle(const SocketHandle& socket, const Parsed& frame);
  [[nodiscard]] kernel::Result<kernel::Seq> stream_position(kernel::WorkspaceId workspace,
                                                            const std::optional<StreamCursor>& cursor);
  [[nodiscard]] kernel::Result<> join_room(const SocketHandle& socket, const catalog::RoomJoin& join);
  void greet(const SocketHandle& socket, kernel::Seq seq);
  void resume(const SocketHandle& socket, const StreamCursor& cursor, kernel::Seq published,
              const SocketAdmission::Standing& standing);
  void send(const SocketHandle& socket, const catalog::ServerEvent& event,
            std::optional<kernel::Seq> never_dropped = std::nullopt) const;
  void refuse(const SocketHandle& socket, const std::optional<std::string>& ref, std::string code,
              std::string message) const;

  // How many sockets were closed before their hello, by why.
  class TurnedAway {
   public:
    explicit TurnedAway(kernel::MetricsRegistry& metrics);
    void count(CloseCode code) { by_code_.at(code)->add(); }

   private:
    std::map<CloseCode, kernel::Metric*> by_code_;
  };

  Parts parts_;
  PermissionChannels permission_channels_;
  const std::string epoch_;
  const GatewayOptions options_;
  kernel::Metric& opened_counter_;
  TurnedAway turned_away_;
  kernel::Metric& client_events_counter_;
  kernel::Metric& refused_events_counter_;
  std::atomic<std::size_t> pending_events_{0};
  std::unordered_set<SocketId> attached_;
  std::unordered_map<kernel::WorkspaceId, std::size_t> attached_in_;  // those with any
};

}  // namespace orbit::realtime
