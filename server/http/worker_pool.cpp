#include "http/worker_pool.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <numeric>

#include "kernel/thread_name.hpp"

namespace orbit::http {

namespace {

constexpr std::size_t upkeep = 3;
constexpr std::chrono::milliseconds watch_interval{20};

}  // namespace

WorkerPool::WorkerPool(const WorkerPoolOptions& options, const kernel::Clock& clock, kernel::MetricsRegistry& metrics)
    : options_(options),
      clock_(clock),
      queued_gauge_(metrics.gauge("orbit_workers_queued", "Tasks waiting for a worker")),
      busy_gauge_(metrics.gauge("orbit_workers_busy", "Workers that have a task")),
      refused_counter_(metrics.counter("orbit_workers_refused_total", "Tasks refused because the queue was full")),
      failed_counter_(metrics.counter("orbit_workers_failed_total", "Tasks that ended in an exception")),
      wait_(metrics.histogram("orbit_workers_wait_seconds", "How long tasks that a worker began had waited")),
      queues_{make_queue(options.threads, options.max_wait, options.max_wait / 10),
              make_queue(std::max<std::size_t>(1, options.threads * 3 / 4), options.max_wait, options.max_wait),
              make_queue(std::clamp<std::size_t>(options.threads / 2, 1, options.sign_ins_at_once),
                         options.max_wait * 5, options.max_wait * 5),
              make_queue(options.threads, {}, {})} {
  for (const auto& [lane, name] :
       {std::pair{Lane::command, "command"}, {Lane::join, "join"}, {Lane::sign_in, "sign_in"}}) {
    queues_[static_cast<std::size_t>(lane)].overdue_counter = &metrics.counter(
        "orbit_workers_overdue_total", "Tasks refused because they had waited too long", {{"lane", name}});
  }
  metrics.gauge("orbit_workers", "Worker threads").set(static_cast<std::int64_t>(options.threads));
  metrics.gauge("orbit_workers_queued_limit", "Requests of a lane that may wait for a worker; others are refused")
      .set(static_cast<std::int64_t>(options.max_queued));
  for (std::size_t i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] {
      kernel::name_this_thread("worker");
      work();
    });
  }
  threads_.emplace_back([this] {
    kernel::name_this_thread("worker queue");
    watch();
  });
}

WorkerPool::~WorkerPool() { stop(); }

WorkerPool::Queue WorkerPool::make_queue(std::size_t at_once, std::chrono::milliseconds patience,
                                         std::chrono::milliseconds patience_in_a_jam) const {
  Queue queue{};
  queue.at_once = at_once;
  queue.patience = patience;
  queue.patience_in_a_jam = patience_in_a_jam;
  return queue;
}

void WorkerPool::offer(Lane lane, Task task, Task refuse) {
  {
    const std::lock_guard lock(mutex_);
    Queue& queue = queues_[static_cast<std::size_t>(lane)];
    if (!stopping_ && queue.entries.size() < options_.max_queued) {
      return push(queue, {std::move(task), std::move(refuse), clock_.steady_now()});
    }
  }
  refused_counter_.add();
  refuse();
}

void WorkerPool::post(Task task) {
  const std::lock_guard lock(mutex_);
  if (!stopping_) push(queues_[upkeep], {std::move(task), {}, clock_.steady_now()});
}

void WorkerPool::push(Queue& queue, Entry entry) {
  if (!queue.waiting_since) queue.waiting_since = entry.since;
  if (is_empty()) watched_.notify_one();
  queue.entries.push_back(std::move(entry));
  count_queued();
  changed_.notify_one();
}

void WorkerPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  watched_.notify_all();
  threads_.clear();
}

void WorkerPool::work() {
  std::vector<Task> refusals;
  std::unique_lock lock(mutex_);
  for (;;) {
    Queue* queue = nullptr;
    changed_.wait(lock, [&] { return (queue = next_queue()) != nullptr || (stopping_ && is_empty()); });
    if (queue == nullptr) return;
    auto entry = take(*queue, refusals);
    if (entry) ++queue->running;
    lock.unlock();
    for (Task& refuse : refusals) refuse();
    refusals.clear();
    if (entry) {
      busy_gauge_.add();
      run(entry->task);
      busy_gauge_.add(-1);
    }
    const bool ran = entry.has_value();
    entry.reset();
    lock.lock();
    // Others may wait for a place in this lane, or for the end of it all.
    if (ran && queue->running-- == queue->at_once) changed_.notify_one();
    if (stopping_) changed_.notify_all();
  }
}

// Where all workers are busy for long, nobody else would tell those who wait that they wait in vain.
void WorkerPool::watch() {
  std::vector<Task> refusals;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    watched_.wait(lock, [this] { return stopping_ || !is_empty(); });
    watched_.wait_for(lock, watch_interval, [this] { return stopping_; });
    for (Queue& queue : queues_) take_overdue(queue, refusals);
    lock.unlock();
    for (Task& refuse : refusals) refuse();
    refusals.clear();
    lock.lock();
  }
}

// The lanes take turns, so that a long queue in one isn't in the way of another.
WorkerPool::Queue* WorkerPool::next_queue() {
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    Queue& queue = queues_[(turn_ + i) % queues_.size()];
    if (queue.entries.empty() || queue.running >= queue.at_once) continue;
    turn_ = (turn_ + i + 1) % queues_.size();
    return &queue;
  }
  return nullptr;
}

std::optional<WorkerPool::Entry> WorkerPool::take(Queue& queue, std::vector<Task>& refusals) {
  take_overdue(queue, refusals);
  if (queue.entries.empty()) return std::nullopt;
  Entry entry = std::move(queue.entries.front());
  queue.entries.pop_front();
  if (queue.entries.empty()) queue.waiting_since.reset();
  count_queued();
  wait_.observe(clock_.steady_now() - entry.since);
  return entry;
}

// A queue that some have waited in for long, without a pause, is no burst that passes: the shorter patience keeps it
// short, and what is still taken is answered quickly.
void WorkerPool::take_overdue(Queue& queue, std::vector<Task>& refusals) {
  if (queue.overdue_counter == nullptr || queue.entries.empty()) return;
  const auto now = clock_.steady_now();
  const bool is_jam = queue.waiting_since && now - *queue.waiting_since >= queue.patience;
  const auto patience = is_jam ? queue.patience_in_a_jam : queue.patience;
  while (!queue.entries.empty() && now - queue.entries.front().since >= patience) {
    refusals.push_back(std::move(queue.entries.front().refuse));
    queue.entries.pop_front();
    queue.overdue_counter->add();
  }
  count_queued();
}

bool WorkerPool::is_empty() const {
  return std::ranges::all_of(queues_, [](const Queue& queue) { return queue.entries.empty(); });
}

void WorkerPool::count_queued() {
  queued_gauge_.set(std::accumulate(queues_.begin(), queues_.end(), std::int64_t{0}, [](auto sum, const Queue& queue) {
    return sum + static_cast<std::int64_t>(queue.entries.size());
  }));
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
