// RouteMetrics: what the requests of one route come to: how long they take, and how they end. Owned by the Api. Any
// thread.
#pragma once

#include <array>
#include <chrono>
#include <string>

#include "kernel/metrics.hpp"

namespace orbit::http {

class RouteMetrics {
 public:
  /// `route` is a pattern, never a path that somebody asked for: there must be few of them.
  RouteMetrics(kernel::MetricsRegistry& metrics, const std::string& method, const std::string& route);

  /// `took` is all that a client waits for but the network: the wait for a worker, and the work.
  void answered(int status, std::chrono::nanoseconds took) const;

 private:
  kernel::Histogram* took_;
  std::array<kernel::Metric*, 4> by_class_;  // 2xx to 5xx
};

}  // namespace orbit::http
