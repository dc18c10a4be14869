// HandshakeMetrics: how requests for a socket were answered. One for each shard, all adding to the same instruments.
// Any thread.
#pragma once

#include <map>

#include "kernel/metrics.hpp"

namespace orbit::app {

class HandshakeMetrics {
 public:
  explicit HandshakeMetrics(kernel::MetricsRegistry& metrics);

  /// 101 where the socket was taken over.
  void answered(int status) const;

 private:
  std::map<int, kernel::Metric*> by_status_;
  kernel::Metric& other_;
};

}  // namespace orbit::app
