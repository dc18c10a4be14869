// BrokerThread: the thread that talks to a broker. Keeps a link up, opens another with backoff and jitter when one
// ends, and subscribes anew on each. Made, started and destroyed on the realtime thread; everything else is its own.
#pragma once

#include <functional>
#include <memory>

#include "cluster/broker_inbox.hpp"
#include "cluster/broker_link.hpp"
#include "cluster/broker_metrics.hpp"

namespace boost::asio {
class io_context;
}

namespace orbit::cluster {

/// Makes the next link to try; called on the broker thread.
using MakeLink = std::function<std::unique_ptr<BrokerLink>(boost::asio::io_context&, LinkListener&)>;

class BrokerThread {
 public:
  /// At most `most_bytes` of messages wait for the thread, and as many in its link. The metrics outlive the thread.
  BrokerThread(MakeLink make_link, std::shared_ptr<BrokerInbox> inbox, BrokerMetrics& metrics, std::size_t most_bytes);
  /// Returns once the thread has ended. The inbox is closed before. May take as long as an attempt to connect.
  ~BrokerThread();

  BrokerThread(const BrokerThread&) = delete;
  BrokerThread& operator=(const BrokerThread&) = delete;

  void start();

  /// Realtime thread: publish, subscribe or unsubscribe. The id of a publish is how many times `connected` was told so
  /// far: what is meant for one connection is never sent on a later one.
  void ask(const Call& call);

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace orbit::cluster
