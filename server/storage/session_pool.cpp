#include "storage/session_pool.hpp"

#include <algorithm>

#include "storage/soci_error.hpp"

namespace orbit::storage {

namespace {

// Closes sessions, and says so, once the pool's mutex is free again: declared before it is locked.
struct Dropped {
  const std::function<void()>& listener;
  std::vector<std::unique_ptr<DatabaseSession>> sessions;

  explicit Dropped(const std::function<void()>& with_listener) : listener(with_listener) {}
  Dropped(const Dropped&) = delete;
  Dropped& operator=(const Dropped&) = delete;
  ~Dropped() {
    if (!sessions.empty() && listener) listener();
  }
};

// Observes the time until it goes, however the wait ends.
class WaitTimer {
 public:
  explicit WaitTimer(kernel::Histogram& waited) : waited_(waited) {}
  WaitTimer(const WaitTimer&) = delete;
  WaitTimer& operator=(const WaitTimer&) = delete;
  ~WaitTimer() { waited_.observe(std::chrono::steady_clock::now() - started_); }

 private:
  kernel::Histogram& waited_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace

SessionPool::SessionPool(std::size_t size, const Open& open, std::chrono::milliseconds patience, Metrics metrics)
    : size_(size), patience_(patience), metrics_(metrics) {
  for (std::size_t i = 0; i < size; ++i) add(open());
}

kernel::Result<SessionPool::Lease> SessionPool::lend() {
  Dropped dropped(dropped_);
  std::unique_lock lock(mutex_);
  if (DatabaseSession* session = take_idle(dropped.sessions)) {
    metrics_.waited.observe(std::chrono::nanoseconds{0});
    return lent(*session);
  }
  if (sessions_.empty()) return std::unexpected(unavailable_error());
  metrics_.waits.add();
  const WaitTimer timer(metrics_.waited);
  Waiter waiter;
  waiting_.push_back(&waiter);
  waiter.served.wait_for(lock, patience_, [&] { return waiter.session != nullptr || waiter.in_vain; });
  if (waiter.session != nullptr) return lent(*waiter.session);
  if (waiter.in_vain) return std::unexpected(unavailable_error());
  std::erase(waiting_, &waiter);
  metrics_.timeouts.add();
  return std::unexpected(busy_error());
}

SessionPool::Lease SessionPool::lent(DatabaseSession& session) {
  lent_.insert_or_assign(&session, std::chrono::steady_clock::now());
  metrics_.in_use.set(static_cast<std::int64_t>(lent_.size()));
  return {*this, session};
}

std::size_t SessionPool::cut_off_overdue(std::chrono::milliseconds longest_loan) {
  const std::lock_guard lock(mutex_);
  const auto latest = std::chrono::steady_clock::now() - longest_loan;
  std::size_t overdue = 0;
  for (auto& [session, since] : lent_) {
    if (since > latest) continue;
    session->cut_off();
    ++overdue;
    since = std::chrono::steady_clock::time_point::max();  // once is enough
  }
  return overdue;
}

std::size_t SessionPool::missing() const {
  const std::lock_guard lock(mutex_);
  return size_ - sessions_.size();
}

void SessionPool::add(std::unique_ptr<DatabaseSession> session) {
  const std::lock_guard lock(mutex_);
  sessions_.push_back(std::move(session));
  metrics_.sessions.set(static_cast<std::int64_t>(sessions_.size()));
  hand_on(*sessions_.back());
}

void SessionPool::give_back(DatabaseSession& session) {
  const bool is_alive = session.is_alive();
  Dropped dropped(dropped_);
  const std::lock_guard lock(mutex_);
  lent_.erase(&session);
  metrics_.in_use.set(static_cast<std::int64_t>(lent_.size()));
  if (is_alive) {
    hand_on(session);
  } else {
    drop(session, dropped.sessions);
  }
}

DatabaseSession* SessionPool::take_idle(Sessions& broken) {
  while (!idle_.empty()) {
    DatabaseSession* session = idle_.back();
    idle_.pop_back();
    if (session->is_alive()) return session;
    drop(*session, broken);
  }
  return nullptr;
}

void SessionPool::drop(const DatabaseSession& session, Sessions& broken) {
  const auto place = std::ranges::find(sessions_, &session, &std::unique_ptr<DatabaseSession>::get);
  broken.push_back(std::move(*place));
  sessions_.erase(place);
  metrics_.sessions.set(static_cast<std::int64_t>(sessions_.size()));
  if (!sessions_.empty()) return;
  for (Waiter* waiter : waiting_) {
    waiter->in_vain = true;
    waiter->served.notify_one();
  }
  waiting_.clear();
}

void SessionPool::hand_on(DatabaseSession& session) {
  if (waiting_.empty()) {
    idle_.push_back(&session);
    return;
  }
  Waiter* next = waiting_.front();
  waiting_.pop_front();
  next->session = &session;
  next->served.notify_one();
}

}  // namespace orbit::storage
