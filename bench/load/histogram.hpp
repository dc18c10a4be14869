// Histogram: counts of durations in buckets that are never wider than 1/64 of what they hold, so that the latencies of
// millions of deliveries take 20 kB. Plain data.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace orbit::bench {

class Histogram {
 public:
  void add(std::uint64_t ns) {
    ++counts_[bucket_of(ns)];
    ++count_;
    most_ = std::max(most_, ns);
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t most() const { return most_; }

  /// The smallest value that at least that share (0 to 100) of all don't exceed, to the width of a bucket; 0 where
  /// there is none.
  [[nodiscard]] std::uint64_t percentile(double percent) const {
    const auto rank = static_cast<std::uint64_t>(std::ceil(percent / 100 * static_cast<double>(count_)));
    std::uint64_t passed = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      passed += counts_[i];
      if (passed > 0 && passed >= rank) return std::min(upper_end(i), most_);
    }
    return 0;
  }

 private:
  static constexpr unsigned sub_bits = 6;  // 64 buckets for each power of two
  static constexpr std::uint64_t sub_buckets = 1U << sub_bits;
  static constexpr std::uint64_t longest = (std::uint64_t{1} << 45) - 1;  // ten hours

  // Below 128 each value has its bucket; above, the seven highest bits tell.
  static std::size_t bucket_of(std::uint64_t value) {
    value = std::min(value, longest);
    const auto width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width > sub_bits + 1 ? width - sub_bits - 1 : 0;
    return shift * sub_buckets + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t upper_end(std::size_t bucket) {
    const std::uint64_t shift = bucket < 2 * sub_buckets ? 0 : bucket / sub_buckets - 1;
    return ((bucket - shift * sub_buckets + 1) << shift) - 1;
  }

  std::array<std::uint64_t, 41 * sub_buckets> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t most_ = 0;
};

}  // namespace orbit::bench
