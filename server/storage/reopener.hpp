// Reopener: opens database sessions in place of those that broke, on a thread of its own, so that nobody else waits for
// a connection. Says once that the database is gone and once that it is back. Made after its pools, gone before them.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/session_pool.hpp"

namespace orbit::storage {

class Reopener {
 public:
  struct Metrics {
    kernel::Metric& up;  // 1 while the database can be reached, as far as is known
    kernel::Metric& reconnects;
  };

  struct Options {
    // Between two attempts: doubled from one to the next, and shortened by up to a half at random.
    std::chrono::milliseconds first_pause{100};
    std::chrono::milliseconds longest_pause{5'000};
    std::chrono::milliseconds longest_loan{15'000};  // then it is broken
    std::chrono::milliseconds watch{500};            // between two looks at what is on loan
  };

  /// `open` throws soci::soci_error where it can't; it may block.
  Reopener(SessionPool::Open open, std::vector<SessionPool*> pools, Metrics metrics, const Options& options);
  Reopener(const Reopener&) = delete;
  Reopener& operator=(const Reopener&) = delete;
  ~Reopener();

 private:
  void run();
  void watch_loans();
  bool reopen_one();
  void note_lost(const char* why);
  void note_back();
  [[nodiscard]] SessionPool* neediest() const;

  const SessionPool::Open open_;
  const std::vector<SessionPool*> pools_;
  Metrics metrics_;
  const Options options_;
  bool lost_ = false;  // of the thread
  std::chrono::steady_clock::time_point lost_at_;

  std::mutex mutex_;  // protects the two below
  std::condition_variable changed_;
  bool dropped_ = false;
  bool stopping_ = false;
  std::jthread thread_;
};

}  // namespace orbit::storage
