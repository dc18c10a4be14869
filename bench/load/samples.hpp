// Samples: what was measured, one number at a time, and what to say of them all. Plain data.
#pragma once

#include <span>
#include <vector>

namespace orbit::bench {

class Samples {
 public:
  void add(double value) { values_.push_back(value); }
  void add(const Samples& others) { values_.insert(values_.end(), others.values_.begin(), others.values_.end()); }

  [[nodiscard]] bool is_empty() const { return values_.empty(); }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] std::span<const double> values() const { return values_; }

  /// The smallest value that at least that share (0 to 100) of all don't exceed; 0 where there is none.
  [[nodiscard]] double percentile(double percent) const;
  /// Of an even number of values: the mean of the two in the middle.
  [[nodiscard]] double median() const;
  [[nodiscard]] double least() const { return percentile(0); }
  [[nodiscard]] double most() const { return percentile(100); }

 private:
  std::vector<double> values_;
};

}  // namespace orbit::bench
