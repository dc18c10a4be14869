#include "load/samples.hpp"

#include <algorithm>
#include <cmath>

namespace orbit::bench {

namespace {

// The value that would stand at that place if they were sorted.
double at_rank(std::vector<double> values, std::size_t rank) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(rank));
  return values[rank];
}

}  // namespace

double Samples::percentile(double percent) const {
  if (values_.empty()) return 0;
  const auto count = static_cast<double>(values_.size());
  const auto place = static_cast<std::size_t>(std::ceil(std::clamp(percent, 0.0, 100.0) / 100 * count));
  return at_rank(values_, place == 0 ? 0 : place - 1);
}

double Samples::median() const {
  if (values_.empty()) return 0;
  const double upper = at_rank(values_, values_.size() / 2);
  return values_.size() % 2 == 1 ? upper : (upper + at_rank(values_, values_.size() / 2 - 1)) / 2;
}

}  // namespace orbit::bench
