// WorkerPool: threads for what may block. Its queue is bounded, so that work beyond its pace is refused at once instead
// of waiting ever longer. A task that throws is logged and counted. Any thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "kernel/metrics.hpp"

namespace orbit::http {

class WorkerPool {
 public:
  using Task = std::move_only_function<void()>;

  WorkerPool(std::size_t threads, std::size_t max_queued, kernel::MetricsRegistry& metrics);
  ~WorkerPool();

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False where the queue is full or the pool has stopped: the task is not run then.
  [[nodiscard]] bool try_post(Task task);

  /// Queues past the bound: for the node's own upkeep, of which there is little. Ignored once the pool has stopped.
  void post(Task task);

  /// Finishes what is queued, and takes no more. Not from a worker.
  void stop();

 private:
  bool enqueue(Task task, std::size_t bound);
  void work();
  void run(Task& task);

  const std::size_t max_queued_;
  kernel::Metric& queued_gauge_;
  kernel::Metric& refused_counter_;
  kernel::Metric& failed_counter_;
  std::mutex mutex_;  // protects the queue and stopping_
  std::condition_variable changed_;
  std::deque<Task> queue_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace orbit::http
