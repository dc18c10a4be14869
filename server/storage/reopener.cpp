#include "storage/reopener.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>

#include "kernel/thread_name.hpp"

namespace orbit::storage {

using std::chrono::milliseconds;

Reopener::Reopener(SessionPool::Open open, std::vector<SessionPool*> pools, Metrics metrics, const Options& options)
    : open_(std::move(open)), pools_(std::move(pools)), metrics_(metrics), options_(options) {
  metrics_.up.set(1);
  for (SessionPool* pool : pools_) {
    pool->on_dropped([this] {
      const std::lock_guard lock(mutex_);
      dropped_ = true;
      changed_.notify_one();
    });
  }
  thread_ = std::jthread([this] {
    kernel::name_this_thread("database");
    run();
  });
}

Reopener::~Reopener() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
  for (SessionPool* pool : pools_) pool->on_dropped(nullptr);
}

void Reopener::run() {
  std::minstd_rand random(std::random_device{}());
  std::uniform_real_distribution<double> part(0.5, 1.0);
  milliseconds pause = options_.first_pause;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    changed_.wait_for(lock, options_.watch, [this] { return dropped_ || stopping_; });
    dropped_ = false;
    lock.unlock();
    watch_loans();
    lock.lock();
    while (!stopping_ && neediest() != nullptr) {
      lock.unlock();
      watch_loans();
      const bool opened = reopen_one();
      lock.lock();
      if (opened) {
        pause = options_.first_pause;
        continue;
      }
      changed_.wait_for(lock, std::chrono::duration_cast<milliseconds>(pause * part(random)),
                        [this] { return stopping_; });
      pause = std::min(pause * 2, options_.longest_pause);
    }
  }
}

void Reopener::watch_loans() {
  std::size_t overdue = 0;
  for (SessionPool* pool : pools_) overdue += pool->cut_off_overdue(options_.longest_loan);
  if (overdue > 0) spdlog::error("database: gave up {} connections on which no answer came", overdue);
}

bool Reopener::reopen_one() {
  if (std::ranges::any_of(pools_, &SessionPool::is_empty)) note_lost("every connection broke");
  try {
    auto session = open_();
    neediest()->add(std::move(session));
  } catch (const soci::soci_error& error) {
    note_lost(error.what());
    return false;
  }
  metrics_.reconnects.add();
  if (std::ranges::none_of(pools_, &SessionPool::is_empty)) note_back();
  return true;
}

void Reopener::note_lost(const char* why) {
  if (std::exchange(lost_, true)) return;
  lost_at_ = std::chrono::steady_clock::now();
  metrics_.up.set(0);
  spdlog::error("database: lost; what needs it is answered 503 until it is back: {}", why);
}

void Reopener::note_back() {
  if (!std::exchange(lost_, false)) return;
  const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - lost_at_;
  metrics_.up.set(1);
  spdlog::info("database: back after {:.1f} s", gone.count());
}

SessionPool* Reopener::neediest() const {
  SessionPool* pool = *std::ranges::max_element(pools_, {}, &SessionPool::missing);
  return pool->missing() > 0 ? pool : nullptr;
}

}  // namespace orbit::storage
