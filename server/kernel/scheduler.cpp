#include "kernel/scheduler.hpp"

#include <algorithm>

namespace orbit::kernel {

void ManualScheduler::post(Task task) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(task));
}

TimerId ManualScheduler::after(std::chrono::milliseconds delay, Task task) {
  const TimerId id = next_timer_++;
  timers_.emplace(std::pair(clock_.steady_now() + delay, id), std::move(task));
  return id;
}

void ManualScheduler::cancel(TimerId timer) {
  std::erase_if(timers_, [timer](const auto& entry) { return entry.first.second == timer; });
}

void ManualScheduler::run_posted() {
  for (;;) {
    Task task;
    {
      const std::lock_guard lock(mutex_);
      if (posted_.empty()) return;
      task = std::move(posted_.front());
      posted_.pop_front();
    }
    task();
  }
}

void ManualScheduler::advance(std::chrono::milliseconds by) {
  const SteadyTime end = clock_.steady_now() + by;
  run_posted();
  while (!timers_.empty() && timers_.begin()->first.first <= end) {
    auto due = timers_.extract(timers_.begin());
    const auto wait = due.key().first - clock_.steady_now();
    clock_.advance(std::max(std::chrono::milliseconds{0}, std::chrono::ceil<std::chrono::milliseconds>(wait)));
    due.mapped()();
    run_posted();
  }
  clock_.advance(std::chrono::ceil<std::chrono::milliseconds>(end - clock_.steady_now()));
}

}  // namespace orbit::kernel
