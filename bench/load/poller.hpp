// Poller: an epoll loop with timers, and the read buffer that all its connections share. One thread: the only one there
// is.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "load/clock.hpp"
#include "load/descriptor.hpp"
#include "load/failure.hpp"

namespace orbit::bench {

class PollHandler {
 public:
  virtual void on_ready(std::uint32_t events) = 0;

 protected:
  ~PollHandler() = default;
};

class Poller {
 public:
  Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Level-triggered. The handler must outlive its place here.
  void add(int descriptor, std::uint32_t events, PollHandler& handler);
  void change(int descriptor, std::uint32_t events, PollHandler& handler);

  /// Nothing that was already noticed reaches the handler after this.
  void remove(int descriptor, const PollHandler& handler);

  void after(Clock::duration delay, std::function<void()> task);

  /// Waits for something to happen, at most that long, and hands it out.
  void turn(Clock::duration longest);

  /// Turns until the condition holds; false where it didn't in time.
  template <class Condition>
  bool turn_until(Condition condition, TimePoint deadline) {
    while (!condition()) {
      const auto now = Clock::now();
      if (now >= deadline) return false;
      turn(deadline - now);
    }
    return true;
  }

  /// For the duration of one on_ready.
  [[nodiscard]] std::span<char> scratch() { return scratch_; }

 private:
  Descriptor epoll_;
  std::multimap<TimePoint, std::function<void()>> timers_;
  std::vector<char> scratch_;
  std::array<epoll_event, 256> ready_{};
  std::span<epoll_event> noticed_;  // those of ready_ that this turn hands out
};

}  // namespace orbit::bench
