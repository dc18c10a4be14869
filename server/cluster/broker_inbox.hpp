// BrokerInbox: takes what a broker's threads have to tell, and tells it on the realtime thread: as many calls as have
// come with one post. A node that can't keep up loses messages, and is told so.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>

#include "cluster/call_batch.hpp"
#include "kernel/scheduler.hpp"

namespace orbit::cluster {

class BrokerInbox : public std::enable_shared_from_this<BrokerInbox> {
 public:
  class Receiver {
   public:
    virtual ~Receiver() = default;
    /// On the realtime thread.
    virtual void take(const Call& call) = 0;
  };

  /// With `most_bytes` waiting, messages are dropped; all else is always taken.
  BrokerInbox(kernel::Scheduler& realtime, Receiver& receiver, std::size_t most_bytes)
      : realtime_(realtime), receiver_(&receiver), most_bytes_(most_bytes) {}

  /// Any thread. False where it was dropped.
  bool add(const Call& call);

  /// Realtime thread: nothing is told any more, the scheduler isn't used any more. Other threads may go on adding.
  void close();

 private:
  void post();
  void deliver();

  kernel::Scheduler& realtime_;
  Receiver* receiver_;  // realtime thread
  const std::size_t most_bytes_;
  CallBatch delivering_;  // realtime thread

  std::mutex mutex_;  // protects all that follows
  CallBatch waiting_;
  bool is_posted_ = false;
  bool is_closed_ = false;
  bool has_dropped_ = false;
};

}  // namespace orbit::cluster
