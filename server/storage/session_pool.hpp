// SessionPool: a few database sessions, lent to one thread at a time, first come, first served. Those whose connection
// broke are dropped; a Reopener adds others in their place. Any thread: one mutex protects the queue.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "kernel/error.hpp"
#include "kernel/metrics.hpp"
#include "storage/database_session.hpp"

namespace orbit::storage {

class SessionPool {
 public:
  struct Metrics {
    kernel::Metric& waits;     // how often somebody had to wait
    kernel::Metric& timeouts;  // and did so in vain
    kernel::Histogram& waited;
    kernel::Metric& sessions;
    kernel::Metric& in_use;
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

  /// Errors: "database.busy" when none came free within the pool's patience; "database.unavailable", at once, when all
  /// that there were have broken.
  [[nodiscard]] kernel::Result<Lease> lend();

  /// `listener` is called whenever sessions were dropped, on the thread that had one of them. Before the first loan.
  void on_dropped(std::function<void()> listener) { dropped_ = std::move(listener); }

  /// Breaks the connections of those that have been on loan for longer than this, and says how many that were: their
  /// server answers no more.
  std::size_t cut_off_overdue(std::chrono::milliseconds longest_loan);

  /// How many were dropped and not yet replaced.
  [[nodiscard]] std::size_t missing() const;
  [[nodiscard]] bool is_empty() const { return missing() == size_; }
  void add(std::unique_ptr<DatabaseSession> session);

 private:
  using Sessions = std::vector<std::unique_ptr<DatabaseSession>>;

  struct Waiter {
    std::condition_variable served;
    DatabaseSession* session = nullptr;
    bool in_vain = false;  // none is left that could come free
  };

  void give_back(DatabaseSession& session);
  Lease lent(DatabaseSession& session);
  DatabaseSession* take_idle(Sessions& broken);
  void drop(const DatabaseSession& session, Sessions& broken);
  void hand_on(DatabaseSession& session);

  const std::size_t size_;
  const std::chrono::milliseconds patience_;
  Metrics metrics_;
  std::function<void()> dropped_;
  mutable std::mutex mutex_;  // protects what is below
  Sessions sessions_;
  std::vector<DatabaseSession*> idle_;
  std::unordered_map<DatabaseSession*, std::chrono::steady_clock::time_point> lent_;  // since when
  std::deque<Waiter*> waiting_;
};

}  // namespace orbit::storage
