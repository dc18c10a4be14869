// ThreadScheduler: a Scheduler with a real thread of its own, for tests against real servers. post and run come from
// any thread; it ends with what is queued undone.
#pragma once

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "kernel/scheduler.hpp"

namespace orbit::cluster {

class ThreadScheduler final : public kernel::Scheduler {
 public:
  // The logger is made before whoever logs: ThreadSanitizer can't see into the library how it makes itself once.
  ThreadScheduler() : logger_(spdlog::default_logger()), thread_([this](const std::stop_token& stop) { work(stop); }) {}
  ~ThreadScheduler() override { stop(); }

  /// Returns once the thread has ended.
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }

  void post(Task task) override {
    {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(task));
    }
    changed_.notify_one();
  }

  kernel::TimerId after(std::chrono::milliseconds delay, Task task) override {
    const kernel::TimerId id = ++last_timer_;
    timers_.emplace(std::pair(std::chrono::steady_clock::now() + delay, id), std::move(task));
    return id;
  }

  void cancel(kernel::TimerId timer) override {
    std::erase_if(timers_, [timer](const auto& entry) { return entry.first.second == timer; });
  }

  /// Does it on the scheduler's thread, and returns what it returns once it has.
  template <class Function>
  auto run(Function function) {
    std::packaged_task<decltype(function())()> task(std::move(function));
    auto done = task.get_future();
    post([task = std::move(task)]() mutable { task(); });
    return done.get();
  }

 private:
  void work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (Task task = next(stop)) task();
    }
  }

  Task next(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const auto has_work = [this] { return !posted_.empty(); };
    if (timers_.empty()) {
      changed_.wait(lock, stop, has_work);
    } else {
      changed_.wait_until(lock, stop, timers_.begin()->first.first, has_work);
    }
    if (!timers_.empty() && timers_.begin()->first.first <= std::chrono::steady_clock::now()) {
      return std::move(timers_.extract(timers_.begin()).mapped());
    }
    if (posted_.empty()) return nullptr;
    Task task = std::move(posted_.front());
    posted_.pop_front();
    return task;
  }

  std::map<std::pair<std::chrono::steady_clock::time_point, kernel::TimerId>, Task> timers_;  // its own thread's
  kernel::TimerId last_timer_ = 0;
  std::mutex mutex_;  // protects posted_
  std::condition_variable_any changed_;
  std::deque<Task> posted_;
  std::shared_ptr<spdlog::logger> logger_;
  std::jthread thread_;
};

}  // namespace orbit::cluster
