#include "websocket/socket_writer.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <utility>

namespace orbit::websocket {
namespace {

/// How many bytes the kernel took, which may be none, by what a send came to: a count, or a negative errno. nullopt if
/// the connection is broken.
std::optional<std::size_t> taken(ssize_t result) {
  if (result >= 0) return static_cast<std::size_t>(result);
  if (result == -EINTR || result == -EAGAIN || result == -EWOULDBLOCK || result == -ENOBUFS) return 0;
  return std::nullopt;
}

std::optional<std::size_t> send_some(int descriptor, std::string_view bytes) {
  for (;;) {
    const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    return taken(sent < 0 ? -errno : sent);
  }
}

}  // namespace

SocketWriter::SocketWriter(ConnectionTable& table, Poller& poller, ShardMetrics& metrics, std::size_t max_queued)
    : table_(table), poller_(poller), metrics_(metrics), max_queued_(max_queued) {}

SocketWriter::Outcome SocketWriter::write_due(std::uint32_t index, TurnBuffer& turn) {
  auto frames = turn.take(index);
  if (frames.empty()) return Outcome::waiting;
  metrics_.tally.frames_sent += static_cast<std::int64_t>(frames.size());
  const Outlet& outlet = table_.outlet(index);
  if (outlet.queued) return enqueue(index, frames, turn, 0);
  while (!frames.empty()) {
    const auto part = turn.join(frames, outlet.deflates);
    const auto sent = send_some(outlet.descriptor, part.bytes);
    if (!sent) return Outcome::broken;
    tally_write(*sent);
    if (*sent < part.bytes.size()) return enqueue(index, frames, turn, *sent);
    frames = frames.subspan(part.frames);
  }
  return Outcome::written;
}

void SocketWriter::write_all(SendRing& ring, TurnBuffer& turn,
                             const std::function<void(std::uint32_t, Outcome)>& conclude) {
  const auto submit = [&] {
    for (const SendRing::Sent& sent : ring.submit()) {
      if (turn.is_due(sent.slot)) conclude(sent.slot, settle(sent, turn));
    }
  };
  for (const std::uint32_t index : turn.slots()) {
    if (!turn.is_due(index)) continue;
    const Outlet& outlet = table_.outlet(index);
    if (outlet.queued) {
      conclude(index, write_due(index, turn));
      continue;
    }
    if (ring.full() || turn.would_overwrite(turn.peek(index), outlet.deflates)) submit();
    const auto frames = turn.peek(index);
    const auto part = turn.join(frames, outlet.deflates);
    if (part.frames == frames.size()) {
      ring.add(index, outlet.descriptor, part.bytes);
    } else {  // more than belongs into one write
      submit();
      conclude(index, write_due(index, turn));
    }
  }
  submit();
}

void SocketWriter::tally_write(std::size_t bytes) {
  ++metrics_.tally.writes;
  metrics_.tally.bytes_sent += static_cast<std::int64_t>(bytes);
}

/// What the ring has done for a slot, whose frames are still due.
SocketWriter::Outcome SocketWriter::settle(const SendRing::Sent& sent, TurnBuffer& turn) {
  const auto frames = turn.take(sent.slot);
  metrics_.tally.frames_sent += static_cast<std::int64_t>(frames.size());
  const auto written = taken(sent.result);
  if (!written) return Outcome::broken;
  tally_write(*written);
  const bool deflates = table_.outlet(sent.slot).deflates;
  std::size_t size = 0;
  for (const auto frame : frames) size += turn.frame(frame)->bytes_for(deflates).size();
  return *written < size ? enqueue(sent.slot, frames, turn, *written) : Outcome::written;
}

/// Queues the frames but for the first `written` bytes of them. The queue may stay empty: then it notes what was
/// withheld until the socket takes more.
SocketWriter::Outcome SocketWriter::enqueue(std::uint32_t index, std::span<const TurnBuffer::FrameIndex> frames,
                                            const TurnBuffer& turn, std::size_t written) {
  Outlet& outlet = table_.outlet(index);
  Connection& connection = table_.connection(index);
  if (!outlet.queued) {
    connection.queue = std::make_unique<OutboundQueue>(outlet.deflates);
    outlet.queued = true;
    ++metrics_.tally.queued_connections;
    poller_.watch_writes(outlet.descriptor, table_.slot(index), true);
  }
  OutboundQueue& queue = *connection.queue;
  const std::size_t cost_before = queue.cost();
  auto outcome = Outcome::waiting;
  for (const auto frame_index : frames) {
    const auto& frame = turn.frame(frame_index);
    const std::size_t size = frame->bytes_for(outlet.deflates).size();
    if (written >= size) {
      written -= size;
      continue;
    }
    const bool started = written > 0;
    if (frame->skippable && !started) {
      ++metrics_.tally.frames_skipped;
      queue.note_skipped();
      continue;
    }
    if (outlet.phase == Phase::open && !started && !make_room(connection, queue.cost(*frame))) {
      if (frame->seq) {
        outcome = Outcome::overflow;
        break;
      }
      ++metrics_.tally.frames_dropped;
      queue.note_dropped();
      continue;
    }
    queue.push(frame, std::exchange(written, 0));
  }
  metrics_.tally.queued_bytes += static_cast<std::int64_t>(queue.cost()) - static_cast<std::int64_t>(cost_before);
  return outcome;
}

/// Whether the queue takes so much more, once frames without seq have made way.
bool SocketWriter::make_room(Connection& connection, std::size_t cost) {
  OutboundQueue& queue = *connection.queue;
  if (queue.cost() + cost <= max_queued_) return true;
  metrics_.tally.frames_dropped += static_cast<std::int64_t>(queue.drop_ephemeral());
  return queue.cost() + cost <= max_queued_;
}

SocketWriter::Outcome SocketWriter::write_queued(std::uint32_t index) {
  constexpr int writes_per_turn = 4;
  Outlet& outlet = table_.outlet(index);
  if (!outlet.queued) return Outcome::waiting;
  OutboundQueue& queue = *table_.connection(index).queue;
  for (int i = 0; i < writes_per_turn && !queue.empty(); ++i) {
    const auto bytes = queue.front(scratch_);
    const auto sent = send_some(outlet.descriptor, bytes);
    if (!sent) return Outcome::broken;
    tally_write(*sent);
    const bool all = *sent == bytes.size();
    const std::size_t cost_before = queue.cost();
    queue.consume(*sent);
    metrics_.tally.queued_bytes -= static_cast<std::int64_t>(cost_before - queue.cost());
    if (!all) return Outcome::waiting;
  }
  if (!queue.empty()) return Outcome::waiting;
  const auto outcome = queue.has_dropped()   ? Outcome::caught_up
                       : queue.has_skipped() ? Outcome::skipped
                                             : Outcome::written;
  forget(index);
  poller_.watch_writes(outlet.descriptor, table_.slot(index), false);
  return outcome;
}

void SocketWriter::replace_queued(std::uint32_t index, realtime::SharedFrame last) {
  OutboundQueue& queue = *table_.connection(index).queue;
  const auto cost_before = static_cast<std::int64_t>(queue.cost());
  metrics_.tally.frames_dropped += static_cast<std::int64_t>(queue.drop_unstarted());
  queue.push(std::move(last));
  metrics_.tally.queued_bytes += static_cast<std::int64_t>(queue.cost()) - cost_before;
}

void SocketWriter::forget(std::uint32_t index) {
  Outlet& outlet = table_.outlet(index);
  if (!outlet.queued) return;
  Connection& connection = table_.connection(index);
  metrics_.tally.queued_bytes -= static_cast<std::int64_t>(connection.queue->cost());
  connection.queue.reset();
  outlet.queued = false;
  --metrics_.tally.queued_connections;
}

}  // namespace orbit::websocket
