#include "storage/group_commit.hpp"

#include <algorithm>
#include <vector>

namespace orbit::storage {

bool GroupCommit::settle(Job& job, const Commit& commit) {
  std::unique_lock lock(mutex_);
  waiting_.push_back(&job);
  const auto leads = [&] { return !committing_ && waiting_.front() == &job; };
  const bool turn_came =
      job.changed_.wait_for(lock, patience_, [&] { return job.state_ != Job::State::waiting || leads(); });
  if (!turn_came) {
    std::erase(waiting_, &job);
    return false;
  }
  if (job.state_ == Job::State::waiting) {
    lead(lock, commit);
  } else {
    job.changed_.wait(lock, [&] { return job.state_ == Job::State::settled; });
  }
  return true;
}

std::size_t GroupCommit::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

bool GroupCommit::committing() const {
  const std::lock_guard lock(mutex_);
  return committing_;
}

void GroupCommit::lead(std::unique_lock<std::mutex>& lock, const Commit& commit) {
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(max_group_, waiting_.size()));
  const std::vector<Job*> group(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  for (Job* job : group) job->state_ = Job::State::taken;
  committing_ = true;
  lock.unlock();
  try {
    commit(group);
  } catch (...) {
    for (Job* job : group) job->thrown = std::current_exception();
  }
  lock.lock();
  committing_ = false;
  for (Job* job : group) {
    job->state_ = Job::State::settled;
    job->changed_.notify_one();
  }
  if (!waiting_.empty()) waiting_.front()->changed_.notify_one();
}

}  // namespace orbit::storage
