#include "storage/session_pool.hpp"

#include <algorithm>

namespace orbit::storage {

SessionPool::SessionPool(std::size_t size, const Open& open, std::chrono::milliseconds patience, Metrics metrics)
    : patience_(patience), metrics_(metrics) {
  for (std::size_t i = 0; i < size; ++i) {
    sessions_.push_back(open());
    idle_.push_back(sessions_.back().get());
  }
}

std::optional<SessionPool::Lease> SessionPool::lend() {
  std::unique_lock lock(mutex_);
  if (!idle_.empty()) {
    DatabaseSession* session = idle_.back();
    idle_.pop_back();
    return Lease(*this, *session);
  }
  metrics_.waits.add();
  Waiter waiter;
  waiting_.push_back(&waiter);
  if (waiter.served.wait_for(lock, patience_, [&] { return waiter.session != nullptr; })) {
    return Lease(*this, *waiter.session);
  }
  std::erase(waiting_, &waiter);
  metrics_.timeouts.add();
  return std::nullopt;
}

void SessionPool::give_back(DatabaseSession& session) {
  const std::lock_guard lock(mutex_);
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
