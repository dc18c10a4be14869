#include "websocket/socket_loop.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace orbit::websocket {
namespace {

constexpr std::size_t read_size = 64 * 1024;

realtime::SharedFrame as_frame(std::string_view bytes) {
  realtime::Frame frame;
  frame.bytes = bytes;
  return std::make_shared<const realtime::Frame>(std::move(frame));
}

std::string peer_address(int descriptor) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  if (peer.ss_family != AF_INET && peer.ss_family != AF_INET6) return {};
  std::array<char, NI_MAXHOST> text{};
  if (::getnameinfo(reinterpret_cast<const sockaddr*>(&peer), size, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) != 0) {
    return {};
  }
  return text.data();
}

}  // namespace

SocketLoop::SocketLoop(realtime::FanoutShard& shard, realtime::SocketEvents& events, const kernel::Clock& clock,
                       kernel::MetricsRegistry& metrics, const ShardOptions& options)
    : shard_(shard),
      events_(events),
      clock_(clock),
      options_(options),
      rate_rule_{std::chrono::nanoseconds(std::chrono::seconds(1)) / options.messages_per_second,
                 options.message_burst},
      ping_(encode_frame(Opcode::ping, {})),
      deflating_connections_(deflating_connections(metrics)),
      encoder_(options.deflate_from, metrics),
      metrics_(metrics, options.max_connections),
      writer_(table_, poller_, metrics_, options.max_queued_bytes),
      ring_(options.batches_sends ? SendRing::create() : nullptr),
      heartbeat_(options.heartbeat, clock.steady_now()),
      read_buffer_(std::make_unique<char[]>(read_size)) {}

SocketLoop::~SocketLoop() {
  for (std::uint32_t i = 0; i < table_.size(); ++i) {
    if (table_.outlet(i).phase != Phase::vacant) ::close(table_.outlet(i).descriptor);
  }
}

realtime::SocketId SocketLoop::adopt(int descriptor, const realtime::SocketIdentity& identity,
                                     const HandshakeAccept& handshake, std::string_view leftover,
                                     const std::optional<realtime::StreamCursor>& cursor, std::shared_ptr<void> lease) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // refused by sockets that know no delay

  const realtime::SocketId id = std::uint64_t{options_.number} << 48 | ++sockets_made_;
  const auto slot =
      table_.insert(descriptor, handshake.deflates,
                    {id, identity, FrameParser(options_.max_message), {}, nullptr, std::move(lease), clock_.now()});
  if (!poller_.add(descriptor, slot)) {
    spdlog::error("socket {}: cannot be watched: {}", id, std::strerror(errno));
    table_.erase(slot.index);
    ::close(descriptor);
    return id;
  }
  ++metrics_.tally.connections;
  if (handshake.deflates) deflating_connections_.add();  // at once: its hello may be compressed already
  turn_.append(slot.index, turn_.add(as_frame(handshake.response)));
  if (draining()) {
    table_.outlet(slot.index).phase = Phase::closing;
    lingering_.push_back({slot, clock_.steady_now() + options_.close_timeout});
    turn_.append(slot.index, turn_.add(encode_close(CloseCode::restarting, "restarting")));
    return id;
  }
  events_.opened(handle_of(slot.index), cursor);
  while (!leftover.empty() && table_.is_present(slot)) {
    const auto piece = std::min(leftover.size(), read_size);
    std::ranges::copy(leftover.substr(0, piece), read_buffer_.get());
    parse(slot.index, {read_buffer_.get(), piece});
    leftover.remove_prefix(piece);
  }
  return id;
}

realtime::SocketHandle SocketLoop::handle_of(std::uint32_t index) {
  const Connection& connection = table_.connection(index);
  return {connection.id, connection.identity, &shard_, table_.slot(index)};
}

std::optional<ConnectionReport> SocketLoop::report(realtime::SocketSlot slot) {
  if (!table_.is_present(slot)) return std::nullopt;
  const Connection& connection = table_.connection(slot.index);
  return ConnectionReport{peer_address(table_.outlet(slot.index).descriptor), connection.opened_at,
                          connection.queue ? connection.queue->cost() : 0};
}

void SocketLoop::execute(SubscribeCommand& command) {
  if (table_.is_open(command.slot)) fanout_.subscribe(command.slot.index, command.channel);
}

void SocketLoop::execute(UnsubscribeCommand& command) {
  if (table_.is_open(command.slot)) fanout_.unsubscribe(command.slot.index, command.channel);
}

void SocketLoop::execute(BroadcastCommand& command) {
  const kernel::SteadyTime committed_at = command.frame->committed_at;
  if (committed_at != kernel::SteadyTime{}) commits_told_.push_back(committed_at);
  const auto frame = turn_.add(std::move(command.frame));
  for (const realtime::ChannelIndex channel : command.channels) {
    for (const std::uint32_t index : fanout_.subscribers(channel)) turn_.append(index, frame);
  }
}

void SocketLoop::execute(SendCommand& command) {
  if (!table_.is_open(command.slot)) return;
  const std::uint32_t index = command.slot.index;
  auto frame = std::move(command.frame);
  if (table_.outlet(index).deflates) frame = encoder_.deflated(std::move(frame));
  turn_.append(index, turn_.add(std::move(frame)));
}

void SocketLoop::execute(CloseCommand& command) {
  if (table_.is_open(command.slot)) {
    start_close(command.slot.index, CloseCause::server, command.code, command.reason);
  }
}

void SocketLoop::execute(DrainCommand& command) {
  if (draining()) return;
  drain_ = Drain{clock_.steady_now(), command.over, 0, std::move(command.on_empty)};
  drain_due(drain_->start);
}

void SocketLoop::evict_all() {
  spdlog::warn("websocket: too much waited for a shard; its {} sockets are sent away to come back by their cursors",
               table_.count());
  for (std::uint32_t index = 0; index < table_.size(); ++index) {
    if (table_.outlet(index).phase == Phase::open) {
      start_close(index, CloseCause::too_slow, CloseCode::too_slow, "the node fell behind");
    }
  }
}

void SocketLoop::process_ready() {
  for (const Poller::Event& event : poller_.ready()) {
    if (event.readable && table_.is_present(event.slot)) read(event.slot.index);
    if (event.writable && table_.is_present(event.slot)) {
      conclude(event.slot.index, writer_.write_queued(event.slot.index));
    }
  }
}

void SocketLoop::read(std::uint32_t index) {
  const Outlet& outlet = table_.outlet(index);
  const ssize_t size = ::recv(outlet.descriptor, read_buffer_.get(), read_size, MSG_DONTWAIT);
  if (size > 0) {
    metrics_.tally.bytes_received += size;
    parse(index, {read_buffer_.get(), static_cast<std::size_t>(size)});
  } else if (size == 0) {
    drop(index, CloseCause::peer);
  } else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
    drop(index, CloseCause::broken);
  }
}

void SocketLoop::parse(std::uint32_t index, std::span<char> bytes) {
  const auto slot = table_.slot(index);
  while (table_.is_present(slot)) {
    const Phase phase = table_.outlet(index).phase;
    if (phase != Phase::open && phase != Phase::closing) return;
    const Incoming incoming = table_.connection(index).parser.next(bytes, table_.outlet(index).deflates);
    if (incoming.kind == Incoming::Kind::nothing) return;
    take(index, incoming);
  }
}

void SocketLoop::take(std::uint32_t index, const Incoming& incoming) {
  Outlet& outlet = table_.outlet(index);
  const bool open = outlet.phase == Phase::open;
  outlet.unanswered = false;
  ++metrics_.tally.frames_received;
  switch (incoming.kind) {
    case Incoming::Kind::text:
      if (open && within_rate(index)) events_.received(handle_of(index), incoming.payload);
      break;
    case Incoming::Kind::deflated:
      if (open && within_rate(index)) receive_deflated(index, incoming.payload);
      break;
    case Incoming::Kind::ping:
      if (open && within_rate(index)) {
        turn_.append(index, turn_.add(encode_frame(Opcode::pong, incoming.payload)));
      }
      break;
    case Incoming::Kind::close:
      if (open) {
        leave_open(index, Phase::answering, CloseCause::peer);
        turn_.append(index, turn_.add(encode_close(incoming.code, {})));
      } else {
        finish(index, Phase::answering);
      }
      break;
    case Incoming::Kind::failure:
      if (open) {
        fail(index, *incoming.code, incoming.payload);
      } else {
        finish(index, Phase::failing);
      }
      break;
    case Incoming::Kind::pong:
    case Incoming::Kind::nothing:
      break;
  }
}

void SocketLoop::receive_deflated(std::uint32_t index, std::string_view payload) {
  const Incoming message = unpacked(payload, inflater_, options_.max_message);
  if (message.kind == Incoming::Kind::failure) {
    fail(index, *message.code, message.payload);
  } else {
    events_.received(handle_of(index), message.payload);
  }
}

/// Closes a socket that sends too fast.
bool SocketLoop::within_rate(std::uint32_t index) {
  if (table_.connection(index).rate.take(rate_rule_, clock_.steady_now())) return true;
  start_close(index, CloseCause::too_many, CloseCode::too_many, "too many messages");
  return false;
}

void SocketLoop::end_turn() {
  if (ring_ && turn_.slots().size() > 1) {
    writer_.write_all(*ring_, turn_,
                      [this](std::uint32_t index, SocketWriter::Outcome outcome) { conclude(index, outcome); });
  } else {
    for (const std::uint32_t index : turn_.slots()) {
      if (turn_.is_due(index)) conclude(index, writer_.write_due(index, turn_));
    }
  }
  turn_.clear();
  note_commits_told();
  metrics_.publish();
  if (drain_ && drain_->on_empty && table_.count() == 0) std::exchange(drain_->on_empty, nullptr)();
}

void SocketLoop::note_commits_told() {
  if (commits_told_.empty()) return;
  const auto now = clock_.steady_now();
  for (const kernel::SteadyTime committed_at : commits_told_) metrics_.written(committed_at, now);
  commits_told_.clear();
}

/// Goes where a write leads.
void SocketLoop::conclude(std::uint32_t index, SocketWriter::Outcome outcome) {
  const Outlet& outlet = table_.outlet(index);
  switch (outcome) {
    case SocketWriter::Outcome::waiting:
      break;
    case SocketWriter::Outcome::skipped:
    case SocketWriter::Outcome::caught_up:
    case SocketWriter::Outcome::written:
      tell_of_missed(index, outcome);
      if (outlet.phase == Phase::answering) {
        drop(index, CloseCause::peer);
      } else if (outlet.phase == Phase::failing) {
        ::shutdown(outlet.descriptor, SHUT_WR);
      }
      break;
    case SocketWriter::Outcome::overflow:
      evict(index);
      break;
    case SocketWriter::Outcome::broken:
      drop(index, CloseCause::broken);
      break;
  }
}

void SocketLoop::tell_of_missed(std::uint32_t index, SocketWriter::Outcome outcome) {
  if (table_.outlet(index).phase != Phase::open) return;
  if (outcome == SocketWriter::Outcome::skipped) events_.skipped(handle_of(index));
  if (outcome == SocketWriter::Outcome::caught_up) events_.caught_up(handle_of(index));
}

/// From here on the socket is on no channel and gets no frame but a close frame; for everyone else it is gone.
void SocketLoop::leave_open(std::uint32_t index, Phase next, CloseCause cause) {
  const auto handle = handle_of(index);
  fanout_.leave_all(index);
  table_.outlet(index).phase = next;
  lingering_.push_back({table_.slot(index), clock_.steady_now() + options_.close_timeout});
  note_closed(handle, cause);
}

/// Debug, as all that concerns one socket: nodes have many, and the metrics count them by cause.
void SocketLoop::note_closed(const realtime::SocketHandle& socket, CloseCause cause) {
  spdlog::debug("socket {}: closed: {}", socket.id, name_of(cause));
  metrics_.closed(cause);
  events_.closed(socket);
}

void SocketLoop::start_close(std::uint32_t index, CloseCause cause, CloseCode code, std::string_view reason) {
  leave_open(index, Phase::closing, cause);
  turn_.append(index, turn_.add(encode_close(code, reason)));
}

/// Section 7.1.7: the close frame, then the end of our half, and nothing is read any more but the end of the peer's.
void SocketLoop::fail(std::uint32_t index, CloseCode code, std::string_view reason) {
  spdlog::debug("socket {}: refused: {}", table_.connection(index).id, reason);
  leave_open(index, Phase::failing, CloseCause::protocol);
  turn_.append(index, turn_.add(encode_close(code, reason)));
}

/// Ends a connection that is closing: once our close frame is written.
void SocketLoop::finish(std::uint32_t index, Phase next) {
  Outlet& outlet = table_.outlet(index);
  if (outlet.queued || turn_.is_due(index)) {
    outlet.phase = next;
  } else {
    drop(index, CloseCause::peer);
  }
}

/// The client resumes from its cursor: nothing is lost with what waits.
void SocketLoop::evict(std::uint32_t index) {
  leave_open(index, Phase::closing, CloseCause::too_slow);
  writer_.replace_queued(index, encode_close(CloseCode::too_slow, "too slow"));
}

void SocketLoop::drop(std::uint32_t index, CloseCause cause) {
  const bool was_open = table_.outlet(index).phase == Phase::open;
  const auto handle = handle_of(index);
  fanout_.leave_all(index);
  turn_.forget(index);
  writer_.forget(index);
  ::close(table_.outlet(index).descriptor);
  if (table_.outlet(index).deflates) deflating_connections_.add(-1);
  table_.erase(index);
  --metrics_.tally.connections;
  if (was_open) {
    note_closed(handle, cause);
  }
}

void SocketLoop::tick() {
  const auto now = clock_.steady_now();
  heartbeat_.turn(now, table_.size(), [this](std::uint32_t index) { beat(index); });
  drop_lingering(now);
  if (draining()) drain_due(now);
}

/// Any frame since the last ping answers it: the peer lives.
void SocketLoop::beat(std::uint32_t index) {
  Outlet& outlet = table_.outlet(index);
  if (outlet.phase != Phase::open) return;
  if (outlet.unanswered) return drop(index, CloseCause::heartbeat);
  outlet.unanswered = true;
  turn_.append(index, turn_.add(ping_));
}

void SocketLoop::drop_lingering(kernel::SteadyTime now) {
  while (!lingering_.empty() && lingering_.front().until <= now) {
    const auto slot = lingering_.front().slot;
    lingering_.pop_front();
    if (table_.is_present(slot)) drop(slot.index, CloseCause::broken);
  }
}

/// Closes as many of the slots, from the first on, as the time that has passed asks for.
void SocketLoop::drain_due(kernel::SteadyTime now) {
  const std::chrono::duration<double> passed = now - drain_->start;
  const std::chrono::duration<double> over = drain_->over;
  const double share = passed >= over ? 1.0 : passed / over;
  const auto below = static_cast<std::uint32_t>(share * table_.size());
  for (; drain_->closed_below < below; ++drain_->closed_below) {
    if (table_.outlet(drain_->closed_below).phase == Phase::open) {
      start_close(drain_->closed_below, CloseCause::draining, CloseCode::restarting, "restarting");
    }
  }
}

}  // namespace orbit::websocket
