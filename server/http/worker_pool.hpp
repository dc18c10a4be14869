// WorkerPool: threads for what may block. Work comes in lanes, each with a queue that is bounded in length and in time:
// what is beyond the pool's pace is refused soon, instead of waiting ever longer, and one kind doesn't keep the others
// waiting. A task that throws is logged and counted. Any thread.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/metrics.hpp"

namespace orbit::http {

/// Lanes take turns. Joins (handshakes, snapshots) and sign-ins, which are slow on purpose, don't get all workers.
enum class Lane : std::uint8_t { command, join, sign_in };

struct WorkerPoolOptions {
  std::size_t threads = 16;
  std::size_t max_queued = 1'000;             // of each lane
  std::chrono::milliseconds max_wait{1'000};  // of commands a tenth, once some have waited for so long without a pause;
                                              // of sign-ins five times as long
  std::size_t sign_ins_at_once = 4;
};

class WorkerPool {
 public:
  using Task = std::move_only_function<void()>;

  WorkerPool(const WorkerPoolOptions& options, const kernel::Clock& clock, kernel::MetricsRegistry& metrics);
  ~WorkerPool();

  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Calls one of the two, once: `task` on a worker; `refuse` at once where the queue is full or the pool has stopped,
  /// or later from a thread of the pool where the task has waited too long. `refuse` must not block or throw.
  void offer(Lane lane, Task task, Task refuse);

  /// Queues past the bounds: for the node's own upkeep, of which there is little. Ignored once the pool has stopped.
  void post(Task task);

  /// Finishes what is queued, and takes no more. Not from a worker.
  void stop();

 private:
  struct Entry {
    Task task;
    Task refuse;  // none for upkeep
    kernel::SteadyTime since;
  };
  struct Queue {
    std::deque<Entry> entries;
    std::size_t at_once;  // workers at most
    std::size_t running = 0;
    std::chrono::milliseconds patience;
    std::chrono::milliseconds patience_in_a_jam;
    std::optional<kernel::SteadyTime> waiting_since;  // some have waited ever since
    kernel::Metric* overdue_counter = nullptr;
  };

  [[nodiscard]] Queue make_queue(std::size_t at_once, std::chrono::milliseconds patience,
                                 std::chrono::milliseconds patience_in_a_jam) const;
  void push(Queue& queue, Entry entry);
  void work();
  void watch();
  [[nodiscard]] Queue* next_queue();
  [[nodiscard]] std::optional<Entry> take(Queue& queue, std::vector<Task>& refusals);
  void take_overdue(Queue& queue, std::vector<Task>& refusals);
  [[nodiscard]] bool is_empty() const;
  void count_queued();
  void run(Task& task);

  const WorkerPoolOptions options_;
  const kernel::Clock& clock_;
  kernel::Metric& queued_gauge_;
  kernel::Metric& busy_gauge_;
  kernel::Metric& refused_counter_;
  kernel::Metric& failed_counter_;
  kernel::Histogram& wait_;
  std::mutex mutex_;  // protects all below but the threads
  std::condition_variable changed_;
  std::condition_variable watched_;
  std::array<Queue, 4> queues_;  // by Lane; upkeep is the last
  std::size_t turn_ = 0;         // whose queue is looked at first
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // the last one refuses what waits too long
};

}  // namespace orbit::http
