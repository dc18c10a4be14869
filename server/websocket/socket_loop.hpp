// SocketLoop: the life of a shard's connections, from adoption to the end of the closing handshake (RFC 6455, sections
// 5.5 and 7), without the event loop that drives it. A turn is any sequence of calls that ends with end_turn, which
// writes what they had to say. Shard's thread.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "kernel/clock.hpp"
#include "realtime/socket_events.hpp"
#include "websocket/command_queue.hpp"
#include "websocket/connection_report.hpp"
#include "websocket/connection_table.hpp"
#include "websocket/fanout_table.hpp"
#include "websocket/handshake.hpp"
#include "websocket/heartbeat_wheel.hpp"
#include "websocket/poller.hpp"
#include "websocket/shard_metrics.hpp"
#include "websocket/shard_options.hpp"
#include "websocket/socket_writer.hpp"
#include "websocket/text_frame_encoder.hpp"
#include "websocket/turn_buffer.hpp"

namespace orbit::websocket {

class SocketLoop {
 public:
  /// `shard` is what the handles of the sockets point to.
  SocketLoop(realtime::FanoutShard& shard, realtime::SocketEvents& events, const kernel::Clock& clock,
             kernel::MetricsRegistry& metrics, const ShardOptions& options);
  ~SocketLoop();
  SocketLoop(const SocketLoop&) = delete;
  SocketLoop& operator=(const SocketLoop&) = delete;

  /// Readable while process_ready has something to do.
  [[nodiscard]] int descriptor() const { return poller_.descriptor(); }

  /// See Shard::adopt.
  realtime::SocketId adopt(int descriptor, const realtime::SocketIdentity& identity, const HandshakeAccept& handshake,
                           std::string_view leftover, const std::optional<realtime::StreamCursor>& cursor,
                           std::shared_ptr<void> lease);

  void execute(SubscribeCommand& command);
  void execute(UnsubscribeCommand& command);
  void execute(BroadcastCommand& command);
  void execute(SendCommand& command);
  void execute(CloseCommand& command);
  void execute(DrainCommand& command);

  /// Closes all with 4408: durable frames are missing.
  void evict_all();

  /// Reads from and writes to the sockets that are ready.
  void process_ready();

  /// Does what has fallen due by the clock.
  void tick();

  /// Whether the turn should end before another command.
  [[nodiscard]] bool turn_is_full() const { return turn_.full(); }

  void end_turn();

  /// nullopt where the socket is gone.
  [[nodiscard]] std::optional<ConnectionReport> report(realtime::SocketSlot slot);

  [[nodiscard]] std::size_t connection_count() const { return table_.count(); }
  [[nodiscard]] bool draining() const { return drain_.has_value(); }

 private:
  struct Lingering {
    realtime::SocketSlot slot;
    kernel::SteadyTime until;
  };
  struct Drain {
    kernel::SteadyTime start;
    std::chrono::milliseconds over;
    std::uint32_t closed_below = 0;
    std::move_only_function<void()> on_empty;
  };

  [[nodiscard]] realtime::SocketHandle handle_of(std::uint32_t index);
  void read(std::uint32_t index);
  void parse(std::uint32_t index, std::span<char> bytes);
  void take(std::uint32_t index, const Incoming& incoming);
  void receive_deflated(std::uint32_t index, std::string_view payload);
  [[nodiscard]] bool within_rate(std::uint32_t index);

  void note_commits_told();
  void conclude(std::uint32_t index, SocketWriter::Outcome outcome);
  void tell_of_missed(std::uint32_t index, SocketWriter::Outcome outcome);
  void note_closed(const realtime::SocketHandle& socket, CloseCause cause);
  void leave_open(std::uint32_t index, Phase next, CloseCause cause);
  void start_close(std::uint32_t index, CloseCause cause, CloseCode code, std::string_view reason);
  void fail(std::uint32_t index, CloseCode code, std::string_view reason);
  void finish(std::uint32_t index, Phase next);
  void evict(std::uint32_t index);
  void drop(std::uint32_t index, CloseCause cause);

  void beat(std::uint32_t index);
  void drop_lingering(kernel::SteadyTime now);
  void drain_due(kernel::SteadyTime now);

  realtime::FanoutShard& shard_;
  realtime::SocketEvents& events_;
  const kernel::Clock& clock_;
  const ShardOptions options_;
  const RateLimit::Rule rate_rule_;
  const realtime::SharedFrame ping_;
  kernel::Metric& deflating_connections_;
  const TextFrameEncoder encoder_;

  Poller poller_;
  ShardMetrics metrics_;
  ConnectionTable table_;
  FanoutTable fanout_;
  TurnBuffer turn_;
  std::vector<kernel::SteadyTime> commits_told_;  // of the turn's broadcasts, when those were committed
  SocketWriter writer_;
  const std::unique_ptr<SendRing> ring_;  // nullptr: sockets are written to one by one
  HeartbeatWheel heartbeat_;
  std::deque<Lingering> lingering_;  // by time, since all wait equally long
  std::optional<Drain> drain_;
  std::uint64_t sockets_made_ = 0;
  std::unique_ptr<char[]> read_buffer_;  // for all connections, as is the inflater
  MessageInflater inflater_;
};

}  // namespace orbit::websocket
