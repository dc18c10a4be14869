// Scheduler: one thread's queue of tasks and timers. Whoever is given one runs all its work there and needs no lock.
// post is called from any thread; after and cancel only from the scheduler's own.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "kernel/clock.hpp"

namespace orbit::kernel {

using TimerId = std::uint64_t;

class Scheduler {
 public:
  using Task = std::move_only_function<void()>;

  virtual ~Scheduler() = default;

  /// Runs the task later on the scheduler's thread, after all those posted before it.
  virtual void post(Task task) = 0;

  /// Runs the task once `delay` has passed. The id is never 0.
  virtual TimerId after(std::chrono::milliseconds delay, Task task) = 0;

  /// A timer that already ran, or never was, is ignored.
  virtual void cancel(TimerId timer) = 0;
};

/// For tests: runs tasks when told to, timers when its clock is advanced through `advance`.
class ManualScheduler final : public Scheduler {
 public:
  explicit ManualScheduler(ManualClock& clock) : clock_(clock) {}

  void post(Task task) override;
  TimerId after(std::chrono::milliseconds delay, Task task) override;
  void cancel(TimerId timer) override;

  /// Runs what was posted, and what that posts, until nothing is left.
  void run_posted();

  /// Advances the clock to each timer that falls due within `by`, runs it, and ends `by` later.
  void advance(std::chrono::milliseconds by);

  [[nodiscard]] std::size_t pending_timers() const { return timers_.size(); }

 private:
  ManualClock& clock_;
  std::mutex mutex_;  // protects posted_
  std::deque<Task> posted_;
  std::map<std::pair<SteadyTime, TimerId>, Task> timers_;
  TimerId next_timer_ = 1;
};

}  // namespace orbit::kernel
