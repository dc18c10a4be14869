// QueueProbe: how long what is posted to a thread waits there until its turn, asked once a second. Shows a thread that
// has more to do than it can. Belongs to the scheduler's thread, but for
// `overdue`, which any thread calls.
#pragma once

#include <atomic>
#include <chrono>

#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"

namespace orbit::realtime {

class QueueProbe {
 public:
  QueueProbe(kernel::Scheduler& scheduler, const kernel::Clock& clock, kernel::MetricsRegistry& metrics);
  QueueProbe(const QueueProbe&) = delete;
  QueueProbe& operator=(const QueueProbe&) = delete;
  ~QueueProbe();

  void start();

  /// For how long the thread has not come to what was due; zero while it keeps up, and before the start.
  [[nodiscard]] std::chrono::nanoseconds overdue() const;

 private:
  static constexpr std::chrono::milliseconds interval{1'000};

  kernel::Scheduler& scheduler_;
  const kernel::Clock& clock_;
  kernel::Histogram& waited_;
  kernel::TimerId timer_ = 0;
  std::atomic<kernel::SteadyTime> due_ = kernel::SteadyTime::max();
};

}  // namespace orbit::realtime
