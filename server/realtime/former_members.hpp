// FormerMembers: those whose membership ended lately, so that what another node says of them, which doesn't know it
// yet, is not believed. A membership's id is never given out again. Plain data, of the realtime thread.
#pragma once

#include <cstddef>
#include <deque>
#include <unordered_set>

#include "kernel/id.hpp"

namespace orbit::realtime {

class FormerMembers {
 public:
  /// Beyond it, those who left longest ago are forgotten.
  static constexpr std::size_t max_size = 10'000;

  void add(kernel::MemberId member) {
    if (!members_.insert(member).second) return;
    order_.push_back(member);
    if (order_.size() <= max_size) return;
    members_.erase(order_.front());
    order_.pop_front();
  }

  [[nodiscard]] bool contains(kernel::MemberId member) const { return members_.contains(member); }

 private:
  std::unordered_set<kernel::MemberId> members_;
  std::deque<kernel::MemberId> order_;  // of leaving
};

}  // namespace orbit::realtime
