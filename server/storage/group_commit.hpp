// GroupCommit: lets all that wait for the one writer be committed together, so that they share the sync of a commit.
// Whoever comes first leads: it commits its own job and those that queued up behind it; of those that came meanwhile,
// the first leads next. Any thread: one mutex protects the queue.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <span>

#include "kernel/error.hpp"
#include "kernel/unit_of_work.hpp"

namespace orbit::storage {

class GroupCommit {
 public:
  using Work = std::function<kernel::Result<>(kernel::WriteContext&)>;

  /// A transaction that somebody waits for. Its work may run on the thread of another that waits.
  struct Job {
    explicit Job(const Work& with_work) : work(with_work) {}

    const Work& work;
    kernel::Result<> outcome;
    std::exception_ptr thrown = nullptr;  // what the work threw; then the outcome doesn't count

   private:
    friend GroupCommit;
    enum class State { waiting, taken, settled };
    State state_ = State::waiting;
    std::condition_variable changed_;
  };

  /// Sets the outcome of each job, in their order. What it throws, every job of the group has thrown.
  using Commit = std::function<void(std::span<Job* const> group)>;

  /// At most `max_group` jobs are committed together; `patience` is how long one waits for its turn to begin.
  GroupCommit(std::size_t max_group, std::chrono::milliseconds patience) : max_group_(max_group), patience_(patience) {}

  /// Returns when the job is settled; false where its turn did not come: then it was not run.
  [[nodiscard]] bool settle(Job& job, const Commit& commit);

  [[nodiscard]] std::size_t waiting() const;
  [[nodiscard]] bool committing() const;

 private:
  void lead(std::unique_lock<std::mutex>& lock, const Commit& commit);

  const std::size_t max_group_;
  const std::chrono::milliseconds patience_;
  mutable std::mutex mutex_;  // protects what is below, and the state of each job
  std::deque<Job*> waiting_;
  bool committing_ = false;
};

}  // namespace orbit::storage
