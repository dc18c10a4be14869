// Arrivals: when the last of some tabs got each of a stretch of events. Plain data.
#pragma once

#include <cstdint>
#include <vector>

#include "load/clock.hpp"

namespace orbit::bench {

class Arrivals {
 public:
  /// Of the `events` events after the seq `head`, at so many tabs.
  Arrivals(std::uint64_t head, std::size_t events, std::size_t tabs) : head_(head), tabs_(tabs), of_(events) {}

  void note(std::uint64_t seq) {
    if (seq <= head_ || seq > head_ + of_.size()) return;
    Event& event = of_[seq - head_ - 1];
    if (++event.tabs < tabs_) return;
    event.last = Clock::now();
    ++complete_;
  }

  [[nodiscard]] bool complete() const { return complete_ == of_.size(); }
  [[nodiscard]] TimePoint last(std::size_t number) const { return of_[number].last; }

 private:
  struct Event {
    std::size_t tabs = 0;
    TimePoint last = {};
  };

  const std::uint64_t head_;
  const std::size_t tabs_;
  std::size_t complete_ = 0;
  std::vector<Event> of_;
};

}  // namespace orbit::bench
