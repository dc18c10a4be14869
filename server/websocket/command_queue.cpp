#include "websocket/command_queue.hpp"

#include <utility>

namespace orbit::websocket {
namespace {

constexpr std::size_t limit_of_durable_frames = 4;  // times that of the others

const realtime::SharedFrame* frame_of(const Command& command) {
  if (const auto* broadcast = std::get_if<BroadcastCommand>(&command)) return &broadcast->frame;
  if (const auto* send = std::get_if<SendCommand>(&command)) return &send->frame;
  return nullptr;
}

}  // namespace

CommandQueue::CommandQueue(std::size_t limit, const kernel::Clock& clock, kernel::MetricsRegistry& metrics)
    : limit_(limit),
      clock_(clock),
      dropped_(metrics.counter("orbit_websocket_frames_dropped_total", "Frames dropped because a queue was full",
                               {{"at", "shard"}})),
      pending_(
          metrics.gauge("orbit_websocket_pending_calls", "Broadcasts and calls on their way to a shard's thread")) {}

bool CommandQueue::push(Command command) {
  const std::lock_guard lock(mutex_);
  if (const auto* frame = frame_of(command); frame != nullptr && must_drop(*frame)) {
    dropped_.add();
    return false;
  }
  if (waiting_.empty()) waiting_since_ = clock_.steady_now();
  waiting_.push_back(std::move(command));
  pending_.add();
  return waiting_.size() == 1;
}

bool CommandQueue::must_drop(const realtime::SharedFrame& frame) {
  if (waiting_.size() < (frame->seq ? limit_of_durable_frames * limit_ : limit_)) return false;
  if (frame->seq) {
    missing_ = Missing::durable_frames;
  } else {
    has_dropped_ = true;
  }
  return true;
}

bool CommandQueue::take_dropped() {
  const std::lock_guard lock(mutex_);
  return std::exchange(has_dropped_, false);
}

CommandQueue::Missing CommandQueue::take(std::vector<Command>& batch) {
  constexpr std::size_t usual_batch = 4'096;
  if (batch.capacity() > usual_batch) std::vector<Command>().swap(batch);
  const std::lock_guard lock(mutex_);
  std::swap(waiting_, batch);
  batch_came_since_ = std::exchange(waiting_since_, std::nullopt);
  pending_.add(-static_cast<std::int64_t>(batch.size()));
  return std::exchange(missing_, Missing::nothing);
}

void CommandQueue::batch_done() {
  const std::lock_guard lock(mutex_);
  batch_came_since_.reset();
}

std::chrono::nanoseconds CommandQueue::oldest_wait() const {
  const std::lock_guard lock(mutex_);
  const auto oldest = batch_came_since_ ? batch_came_since_ : waiting_since_;
  return oldest ? clock_.steady_now() - *oldest : std::chrono::nanoseconds{0};
}

}  // namespace orbit::websocket
