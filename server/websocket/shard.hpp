// Shard: the WebSocket connections of one I/O thread, which runs the io_context that the shard is given. Calls marked
// "shard's thread" belong to that thread; all others may come from any.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/metrics.hpp"
#include "realtime/socket_events.hpp"
#include "realtime/socket_handle.hpp"
#include "websocket/connection_report.hpp"
#include "websocket/handshake.hpp"
#include "websocket/shard_options.hpp"

namespace boost::asio {
class io_context;
}

namespace orbit::websocket {

class Shard final : public realtime::FanoutShard {
 public:
  /// What is passed by reference must outlive the shard. Destroy the shard once the context has stopped for good; the
  /// connections left then are dropped, without events.
  Shard(boost::asio::io_context& context, realtime::SocketEvents& events, const kernel::Clock& clock,
        kernel::MetricsRegistry& metrics, const ShardOptions& options = {});
  ~Shard() override;

  void subscribe(realtime::SocketSlot slot, realtime::ChannelIndex channel) override;
  void unsubscribe(realtime::SocketSlot slot, realtime::ChannelIndex channel) override;
  void broadcast(std::span<const realtime::ChannelIndex> channels, realtime::SharedFrame frame) override;
  void send(realtime::SocketSlot slot, realtime::SharedFrame frame) override;
  void close(realtime::SocketSlot slot, realtime::CloseCode code, std::string_view reason) override;

  /// Takes over the stream socket of an upgrade that was accepted, whatever comes of it: sends the response, reports
  /// the socket as opened at `cursor`, and reads on after `leftover`, the bytes that came behind the request. Keeps
  /// `lease` until the socket is closed. While draining, the response is followed by a close with 1012 and nothing is
  /// reported. Returns the socket's id. Shard's thread.
  realtime::SocketId adopt(int descriptor, const realtime::SocketIdentity& identity, const HandshakeAccept& handshake,
                           std::string_view leftover = {}, const std::optional<realtime::StreamCursor>& cursor = {},
                           std::shared_ptr<void> lease = {});

  /// How long the oldest call has waited that had no effect yet.
  [[nodiscard]] std::chrono::nanoseconds oldest_wait() const;

  /// Whether another connection is welcome: not draining, and below max_connections. Ask before answering 101.
  [[nodiscard]] bool accepting() const;

  /// Open connections and those in their closing handshake.
  [[nodiscard]] std::size_t connection_count() const;

  /// Closes all sockets with 1012, spread evenly over the time, and calls `on_empty` on the shard's thread once the
  /// last connection is gone: at most close_timeout later. To be called once.
  void drain(std::chrono::milliseconds over, std::move_only_function<void()> on_empty);

  /// Calls back on the shard's thread.
  void with_reports(std::vector<realtime::SocketSlot> slots, WithReports callback) const;

  /// Does what has fallen due by the clock: pings, timeouts, draining. The shard calls it several times a second; tests
  /// call it after advancing their clock. Shard's thread.
  void tick();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orbit::websocket
