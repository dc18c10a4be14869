#include "http/worker_pool.hpp"

#include <spdlog/spdlog.h>

#include <limits>

namespace orbit::http {

WorkerPool::WorkerPool(std::size_t threads, std::size_t max_queued, kernel::MetricsRegistry& metrics)
    : max_queued_(max_queued),
      queued_gauge_(metrics.gauge("orbit_workers_queued", "Tasks waiting for a worker")),
      refused_counter_(metrics.counter("orbit_workers_refused_total", "Tasks refused because the queue was full")),
      failed_counter_(metrics.counter("orbit_workers_failed_total", "Tasks that ended in an exception")) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { stop(); }

bool WorkerPool::try_post(Task task) {
  if (enqueue(std::move(task), max_queued_)) return true;
  refused_counter_.add();
  return false;
}

void WorkerPool::post(Task task) {
  static_cast<void>(enqueue(std::move(task), std::numeric_limits<std::size_t>::max()));
}

bool WorkerPool::enqueue(Task task, std::size_t bound) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= bound) return false;
    queue_.push_back(std::move(task));
    queued_gauge_.set(static_cast<std::int64_t>(queue_.size()));
  }
  changed_.notify_one();
  return true;
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  threads_.clear();
}

void WorkerPool::work() {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
      queued_gauge_.set(static_cast<std::int64_t>(queue_.size()));
    }
    run(task);
  }
}

// An exception is a fault of the task's; the requests of others go on.
void WorkerPool::run(Task& task) {
  try {
    task();
  } catch (const std::exception& error) {
    failed_counter_.add();
    spdlog::error("worker: {}", error.what());
  }
}

}  // namespace orbit::http
