// SessionPool: a few database sessions, lent to one thread at a time, first come, first served. Any thread: one mutex
// protects the queue.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "kernel/metrics.hpp"
#include "storage/database_session.hpp"

namespace orbit::storage {

class SessionPool {
 public:
  struct Metrics {
    kernel::Metric& waits;     // how often somebody had to wait
    kernel::Metric& timeouts;  // and did so in vain
  };

  using Open = std::function<std::unique_ptr<DatabaseSession>()>;

  /// Opens `size` sessions at once; what `open` throws, this throws.
  SessionPool(std::size_t size, const Open& open, std::chrono::milliseconds patience, Metrics metrics);

  /// A session on loan; given back when it goes out of scope.
  class Lease {
   public:
    Lease(SessionPool& pool, DatabaseSession& session) : pool_(&pool), session_(&session) {}
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), session_(other.session_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(*session_);
    }
    [[nodiscard]] DatabaseSession& session() const { return *session_; }

   private:
    SessionPool* pool_;
    DatabaseSession* session_;
  };

  /// nullopt when none came free within the pool's patience.
  [[nodiscard]] std::optional<Lease> lend();

 private:
  struct Waiter {
    std::condition_variable served;
    DatabaseSession* session = nullptr;
  };

  void give_back(DatabaseSession& session);

  std::vector<std::unique_ptr<DatabaseSession>> sessions_;
  const std::chrono::milliseconds patience_;
  Metrics metrics_;
  std::mutex mutex_;  // protects the two lists below
  std::vector<DatabaseSession*> idle_;
  std::deque<Waiter*> waiting_;
};

}  // namespace orbit::storage
