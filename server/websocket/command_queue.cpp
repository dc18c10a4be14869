#include "websocket/command_queue.hpp"

#include <utility>

namespace orbit::websocket {
namespace {

bool is_ephemeral(const Command& command) {
  if (const auto* broadcast = std::get_if<BroadcastCommand>(&command)) return !broadcast->frame->seq;
  if (const auto* send = std::get_if<SendCommand>(&command)) return !send->frame->seq;
  return false;
}

}  // namespace

CommandQueue::CommandQueue(std::size_t limit, kernel::MetricsRegistry& metrics)
    : limit_(limit),
      dropped_(metrics.counter("orbit_websocket_frames_dropped_total",
                               "Frames without seq dropped because a queue was full", {{"at", "shard"}})),
      pending_(
          metrics.gauge("orbit_websocket_pending_calls", "Broadcasts and calls on their way to a shard's thread")) {}

bool CommandQueue::push(Command command) {
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= limit_ && is_ephemeral(command)) {
    dropped_.add();
    has_dropped_ = true;
    return false;
  }
  waiting_.push_back(std::move(command));
  pending_.add();
  return waiting_.size() == 1;
}

bool CommandQueue::take_dropped() {
  const std::lock_guard lock(mutex_);
  return std::exchange(has_dropped_, false);
}

void CommandQueue::take(std::vector<Command>& batch) {
  constexpr std::size_t usual_batch = 4'096;
  if (batch.capacity() > usual_batch) std::vector<Command>().swap(batch);
  const std::lock_guard lock(mutex_);
  std::swap(waiting_, batch);
  pending_.add(-static_cast<std::int64_t>(batch.size()));
}

}  // namespace orbit::websocket
