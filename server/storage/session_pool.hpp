// SessionPool: a few database sessions, lent to one thread at a time, first come, first served. Any thread: one mutex
// protects the queue.
#pragma once

#include <soci/soci.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "kernel/metrics.hpp"

namespace orbit::storage {

class SessionPool {
 public:
  struct Metrics {
    kernel::Metric& waits;     // how often somebody had to wait
    kernel::Metric& timeouts;  // and did so in vain
  };

  using Open = std::function<std::unique_ptr<soci::session>()>;

  /// Opens `size` sessions at once; what `open` throws, this throws.
  SessionPool(std::size_t size, const Open& open, std::chrono::milliseconds patience, Metrics metrics);

  /// A session on loan; given back when it goes out of scope.
  class Lease {
   public:
    Lease(SessionPool& pool, soci::session& session) : pool_(&pool), session_(&session) {}
    Lease(Lease&& other) noexcept : pool_(std::exchange(other.pool_, nullptr)), session_(other.session_) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (pool_ != nullptr) pool_->give_back(*session_);
    }
    [[nodiscard]] soci::session& session() const { return *session_; }

   private:
    SessionPool* pool_;
    soci::session* session_;
  };

  /// nullopt when none came free within the pool's patience.
  [[nodiscard]] std::optional<Lease> lend();

 private:
  struct Waiter {
    std::condition_variable served;
    soci::session* session = nullptr;
  };

  void give_back(soci::session& session);

  std::vector<std::unique_ptr<soci::session>> sessions_;
  const std::chrono::milliseconds patience_;
  Metrics metrics_;
  std::mutex mutex_;  // protects the two lists below
  std::vector<soci::session*> idle_;
  std::deque<Waiter*> waiting_;
};

}  // namespace orbit::storage
