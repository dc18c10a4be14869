// Pacer: lets tasks run at once while they are few, and so many in each pause where they are many. Belongs to its
// scheduler's thread.
#pragma once

#include <deque>

#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"

namespace orbit::cluster {

class Pacer {
 public:
  static constexpr std::chrono::milliseconds pause{10};
  static constexpr std::size_t per_pause = 20;
  static constexpr std::size_t max_waiting = 20'000;

  /// `dropped` counts the tasks beyond max_waiting, which don't run.
  Pacer(kernel::Scheduler& scheduler, kernel::Metric& dropped) : scheduler_(scheduler), dropped_(dropped) {}
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;
  ~Pacer() { scheduler_.cancel(timer_); }

  void run(kernel::Scheduler::Task task);

 private:
  void pump();

  kernel::Scheduler& scheduler_;
  kernel::Metric& dropped_;
  std::deque<kernel::Scheduler::Task> waiting_;
  std::size_t ran_ = 0;  // in this pause
  kernel::TimerId timer_ = 0;
};

}  // namespace orbit::cluster
