// NodeRateMeter: how much the node does a second, by the counters that it keeps anyway, looked at each second. Belongs
// to the realtime thread.
#pragma once

#include <deque>

#include "http/node_control.hpp"
#include "kernel/clock.hpp"
#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"

namespace orbit::app {

/// The sum of a metric's values under all its labels. Any thread.
[[nodiscard]] std::int64_t sum_of(const kernel::MetricsRegistry& metrics, std::string_view name);

class NodeRateMeter {
 public:
  NodeRateMeter(const kernel::MetricsRegistry& metrics, kernel::Scheduler& scheduler, const kernel::Clock& clock)
      : metrics_(metrics), scheduler_(scheduler), clock_(clock) {}
  NodeRateMeter(const NodeRateMeter&) = delete;
  NodeRateMeter& operator=(const NodeRateMeter&) = delete;
  ~NodeRateMeter() { scheduler_.cancel(timer_); }

  void start() { look(); }

  /// Over the last five seconds, or since the start.
  [[nodiscard]] http::NodeRates rates() const;

 private:
  struct Sample {
    kernel::SteadyTime at;
    http::NodeRates totals;
  };

  [[nodiscard]] Sample sample() const;
  void look();

  const kernel::MetricsRegistry& metrics_;
  kernel::Scheduler& scheduler_;
  const kernel::Clock& clock_;
  std::deque<Sample> samples_;  // oldest first
  kernel::TimerId timer_ = 0;
};

}  // namespace orbit::app
