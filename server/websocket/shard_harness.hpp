// A shard on a clock that stands still, with clients at the other ends of its sockets: for tests. Everything happens in
// the test's thread, within run().
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/metrics.hpp"
#include "websocket/client_frames.hpp"
#include "websocket/shard.hpp"

namespace orbit::websocket {

/// The client's end of a connection.
class Client {
 public:
  explicit Client(int descriptor) : descriptor_(descriptor) {}
  Client(Client&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Client& operator=(Client&&) = delete;
  ~Client() { hang_up(); }

  void send(std::string_view bytes) const {
    if (::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      std::abort();
  }

  /// All bytes that have come.
  [[nodiscard]] std::string read() {
    std::string all;
    std::array<char, 8 * 1024> buffer;
    for (;;) {
      const ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size > 0) all.append(buffer.data(), static_cast<std::size_t>(size));
      if (size == 0) at_end_ = true;
      if (size <= 0) return all;
    }
  }

  /// Whether read came to the end of what the server sends.
  [[nodiscard]] bool at_end() const { return at_end_; }

  void hang_up() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
  bool at_end_ = false;
};

class RecordedEvents final : public realtime::SocketEvents {
 public:
  void opened(const realtime::SocketHandle& socket, const std::optional<realtime::StreamCursor>& cursor) override {
    opened_sockets.push_back(socket);
    cursors.push_back(cursor);
  }
  void received(const realtime::SocketHandle&, std::string_view text) override { texts.emplace_back(text); }
  void caught_up(const realtime::SocketHandle& socket) override { caught_up_ids.push_back(socket.id); }
  void skipped(const realtime::SocketHandle& socket) override { skipped_ids.push_back(socket.id); }
  void broadcasts_dropped() override { ++dropped_reports; }
  void closed(const realtime::SocketHandle& socket) override { closed_ids.push_back(socket.id); }

  std::vector<realtime::SocketHandle> opened_sockets;
  std::vector<std::optional<realtime::StreamCursor>> cursors;
  std::vector<std::string> texts;
  std::vector<realtime::SocketId> caught_up_ids;
  std::vector<realtime::SocketId> skipped_ids;
  int dropped_reports = 0;
  std::vector<realtime::SocketId> closed_ids;
};

class ShardHarness {
 public:
  explicit ShardHarness(const ShardOptions& options = {}) : shard(context, events, clock, metrics, options) {}

  /// A client whose response has been read.
  Client connect(std::string_view leftover = {}) { return connect(false, leftover); }
  Client connect_deflating(std::string_view leftover = {}) { return connect(true, leftover); }

  Client connect(bool deflates, std::string_view leftover) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
    Client client(ends[0]);
    shard.adopt(ends[1], {}, {.response = std::string(response), .deflates = deflates}, leftover);
    if (client.read().substr(0, response.size()) != response) std::abort();
    return client;
  }

  /// Lets the shard do all that it can do now.
  void run() {
    context.restart();
    while (context.poll() > 0) {
    }
  }

  /// Lets time pass in small steps, as it would.
  void pass(std::chrono::milliseconds time) {
    constexpr std::chrono::milliseconds step{100};
    for (; time > time.zero(); time -= step) {
      clock.advance(std::min(step, time));
      shard.tick();
      run();
    }
  }

  [[nodiscard]] realtime::SocketSlot slot(std::size_t socket) const { return events.opened_sockets.at(socket).slot; }

  void subscribe(std::size_t socket, realtime::ChannelIndex channel) { shard.subscribe(slot(socket), channel); }

  void broadcast(std::vector<realtime::ChannelIndex> channels, std::string_view text,
                 std::optional<kernel::Seq> seq = 1) {
    shard.broadcast(channels, encode_frame(Opcode::text, text, seq));
  }

  [[nodiscard]] std::int64_t metric(std::string_view name, const kernel::MetricLabels& labels = {}) const {
    std::int64_t value = -1;
    metrics.visit([&](const auto& entry) {
      if (entry.name == name && entry.labels == labels) value = entry.metric.value();
    });
    return value;
  }
  [[nodiscard]] std::int64_t closed_by(std::string cause) const {
    return metric("orbit_websocket_closed_total", {{"cause", std::move(cause)}});
  }

  static constexpr std::string_view response = "HTTP/1.1 101 Switching Protocols\r\n\r\n";

  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  RecordedEvents events;
  boost::asio::io_context context;
  Shard shard;
};

inline std::string server_text(std::string_view text) { return encode_frame(Opcode::text, text)->bytes; }
inline std::string server_close(int code, std::string_view reason = {}) {
  return encode_close(static_cast<CloseCode>(code), reason)->bytes;
}
inline const std::string server_ping = encode_frame(Opcode::ping, {})->bytes;

}  // namespace orbit::websocket
