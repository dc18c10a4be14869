// CommandQueue: the calls that other threads make on a shard, in their order, taken by the shard a batch at a time.
// push may be called from any thread, take from the shard's.
#pragma once

#include <boost/container/small_vector.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

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
  /// With `limit` commands waiting, frames without seq are dropped; all else is always taken.
  CommandQueue(std::size_t limit, kernel::MetricsRegistry& metrics);

  /// True if the shard must be woken: it is not, as long as an earlier batch is still to be taken.
  [[nodiscard]] bool push(Command command);

  /// Whether broadcasts were dropped since the last call.
  [[nodiscard]] bool take_dropped();

  /// Moves all that waits into `batch`, which must be empty and lends its memory to what comes next.
  void take(std::vector<Command>& batch);

 private:
  const std::size_t limit_;
  kernel::Metric& dropped_;
  kernel::Metric& pending_;
  std::mutex mutex_;  // protects all that follows
  bool has_dropped_ = false;
  std::vector<Command> waiting_;
};

}  // namespace orbit::websocket
