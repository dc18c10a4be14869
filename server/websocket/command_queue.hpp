// CommandQueue: the calls that other threads make on a shard, in their order, taken by the shard a batch at a time.
// push and oldest_wait may be called from any thread, all else from the shard's.
#pragma once

#include <boost/container/small_vector.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/metrics.hpp"
#include "realtime/socket_handle.hpp"

namespace orbit::websocket {

struct SubscribeCommand {
  realtime::SocketSlot slot;
  realtime::ChannelIndex channel;
};

struct UnsubscribeCommand {
  realtime::SocketSlot slot;
  realtime::ChannelIndex channel;
};

struct BroadcastCommand {
  boost::container::small_vector<realtime::ChannelIndex, 4> channels;
  realtime::SharedFrame frame;
};

struct SendCommand {
  realtime::SocketSlot slot;
  realtime::SharedFrame frame;
};

struct CloseCommand {
  realtime::SocketSlot slot;
  realtime::CloseCode code;
  std::string reason;
};

struct DrainCommand {
  std::chrono::milliseconds over;
  std::move_only_function<void()> on_empty;
};

using Command =
    std::variant<SubscribeCommand, UnsubscribeCommand, BroadcastCommand, SendCommand, CloseCommand, DrainCommand>;

class CommandQueue {
 public:
  enum class Missing { nothing, durable_frames };

  /// With `limit` commands waiting, frames without seq are dropped; with four times as many, all frames. All else is
  /// always taken.
  CommandQueue(std::size_t limit, const kernel::Clock& clock, kernel::MetricsRegistry& metrics);

  /// True if the shard must be woken: it is not, as long as an earlier batch is still to be taken.
  [[nodiscard]] bool push(Command command);

  /// Whether frames without seq were dropped since the last call.
  [[nodiscard]] bool take_dropped();

  /// Moves all that waits into `batch`, which must be empty and lends its memory to what comes next. Says what is
  /// missing after it.
  [[nodiscard]] Missing take(std::vector<Command>& batch);

  /// The batch that was taken last has been carried out.
  void batch_done();

  /// How long the oldest command has waited that is not carried out yet; zero where there is none.
  [[nodiscard]] std::chrono::nanoseconds oldest_wait() const;

 private:
  [[nodiscard]] bool must_drop(const realtime::SharedFrame& frame);

  const std::size_t limit_;
  const kernel::Clock& clock_;
  kernel::Metric& dropped_;
  kernel::Metric& pending_;
  mutable std::mutex mutex_;  // protects all that follows
  bool has_dropped_ = false;
  Missing missing_ = Missing::nothing;
  std::vector<Command> waiting_;
  std::optional<kernel::SteadyTime> waiting_since_;     // the oldest of them
  std::optional<kernel::SteadyTime> batch_came_since_;  // the oldest of the batch that is carried out
};

}  // namespace orbit::websocket
