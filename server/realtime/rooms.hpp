// Rooms: who is in which room, who may be, and what they signal to each other. A member with several tabs in a room is
// in it once. Signals leave on a tick: at once in a quiet room, and then together, so that what a busy room costs
// doesn't grow with how often its members move. Who is in a room on other nodes is known of rooms that somebody is in
// here. Belongs to the realtime thread.
#pragma once

#include <map>
#include <set>
#include <unordered_map>
#include <vector>

#include "catalog/server_event.hpp"
#include "kernel/event_bus.hpp"
#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"
#include "realtime/former_members.hpp"
#include "realtime/realtime_hub.hpp"
#include "realtime/room_authorizer.hpp"
#include "realtime/room_replication.hpp"
#include "realtime/signal_board.hpp"

namespace orbit::realtime {

struct RoomOptions {
  std::size_t rooms_per_socket = 50;
  std::chrono::milliseconds grace{2'000};    // how long a member whose last tab in it is gone counts as in the room
  std::chrono::milliseconds tick{50};        // between two runs of signals, in a room with more members than a few;
                                             // 0: each signal at once, in every room
  std::chrono::milliseconds quick_tick{16};  // in a room with a few
  std::size_t few = 8;
};

class Rooms {
 public:
  struct Parts {
    kernel::EventBus& bus;  // subscribed to, for what may take the right to be in a room
    kernel::UnitOfWork& unit_of_work;
    RealtimeHub& hub;
    kernel::Scheduler& scheduler;
    const FrameEncoder& encoder;
    const RoomAuthorizers& authorizers;
  };

  Rooms(const Parts& parts, const RoomOptions& options, kernel::MetricsRegistry& metrics);
  ~Rooms();
  Rooms(const Rooms&) = delete;
  Rooms& operator=(const Rooms&) = delete;

  /// Outlives the last socket; nullptr for none, as at first.
  void set_replication(RoomReplication* replication) { replication_ = replication; }

  /// Sends the socket `room.joined`, and the others in the room `room.presence` if the member was not in it yet.
  /// Joining again tells again who is there. Errors: not_found "room.unknown", forbidden "room.forbidden", too_many
  /// "room.too_many", the database's.
  [[nodiscard]] kernel::Result<> join(const SocketHandle& socket, const std::string& room);

  /// Error: not_found "room.not_joined".
  [[nodiscard]] kernel::Result<> leave(const SocketHandle& socket, const std::string& room);

  /// The socket is gone: its member stays in its rooms for the grace.
  void disconnected(const SocketHandle& socket);

  /// Tells the others in the room, with the next tick. Errors: not_found "room.not_joined", too_many "room.busy".
  [[nodiscard]] kernel::Result<> signal(const SocketHandle& socket, const std::string& room, std::string kind,
                                        catalog::RawJson payload);

  /// Tells a socket that skipped signals what is signalled in each of its rooms. Skipped likewise if it is slow still.
  void tell_signals_again(const SocketHandle& socket) const;

  /// Tells a socket that missed something how it stands in each of its rooms: `room.joined`, and what is signalled.
  void tell_again(const SocketHandle& socket) const;
  void tell_all_again() const;

  /// Whether the socket is in the room.
  [[nodiscard]] bool is_in(SocketId socket, kernel::WorkspaceId workspace, const std::string& room) const;

  /// Whether the member is in the room on another node. Ignored, as are the next two, where nobody is in it here, and
  /// of members whose membership has ended.
  void set_elsewhere(kernel::WorkspaceId workspace, const std::string& room, kernel::MemberId member,
                     const NodeIncarnation& node, bool is_in);

  /// Signals of another node, oldest first, which are told as those of this one.
  void signal_elsewhere(kernel::WorkspaceId workspace, const std::string& room, std::vector<Signal> signals);

  /// What the member signalled of that kind on that node stands no more.
  void forget_signal_elsewhere(kernel::WorkspaceId workspace, const std::string& room, kernel::MemberId member,
                               const NodeIncarnation& node, const std::string& kind);

 private:
  struct Presence {
    std::vector<SocketHandle> tabs;
    kernel::TimerId grace_timer = 0;
    std::vector<NodeIncarnation> elsewhere;  // the other nodes where they are

    [[nodiscard]] bool is_here() const { return !tabs.empty() || grace_timer != 0; }
  };
  struct Room {
    std::map<kernel::MemberId, Presence> members;
    std::size_t here = 0;  // of them, those who are in it on this node
    SignalBoard signals;
    kernel::TimerId tick = 0;  // running while the room is not quiet
  };
  struct Key {
    kernel::WorkspaceId workspace;
    std::string room;
    auto operator<=>(const Key&) const = default;
  };

  kernel::Result<bool> may_enter(const RoomVisitor& visitor, const std::string& room) const;
  void arrive(const Key& key, kernel::MemberId member);
  void depart(const Key& key, kernel::MemberId member);
  void remove(const Key& key, Room& room, kernel::MemberId member);
  void grace_over(const Key& key, kernel::MemberId member);
  void cancel_grace(Presence& presence);
  void recheck(kernel::WorkspaceId workspace, std::optional<kernel::MemberId> only);
  std::vector<SocketHandle> take_tabs(const Key& key, kernel::MemberId member);
  void forget_member(kernel::WorkspaceId workspace, kernel::MemberId member);
  void tell_how_it_stands(const SocketHandle& socket, const Key& key) const;
  void tell_signals(const SocketHandle& socket, const Key& key) const;
  void tell_news(const Key& key, Room& room);
  void send_signals(const Key& key, Room& room);
  void replicate_signals(const Key& key, const std::vector<Signal>& signals);
  void start_tick(const Key& key, Room& room);
  void tell(const Key& key, kernel::MemberId member, bool online);
  void send(const SocketHandle& socket, const catalog::ServerEvent& event) const;
  void unsubscribe(const SocketHandle& socket, const Key& key);

  Parts parts_;
  const RoomOptions options_;
  kernel::Metric& rooms_gauge_;
  kernel::Metric& evicted_counter_;
  kernel::Metric& signals_counter_;
  kernel::Metric& signal_runs_counter_;
  kernel::Metric& refused_elsewhere_counter_;
  RoomReplication* replication_ = nullptr;
  FormerMembers former_;
  std::map<Key, Room> rooms_;  // only those that somebody is in on this node
  std::unordered_map<SocketId, std::set<Key>> joined_;
};

}  // namespace orbit::realtime
