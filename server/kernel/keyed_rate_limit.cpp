#include "kernel/keyed_rate_limit.hpp"

#include <algorithm>

namespace orbit::kernel {

using std::chrono::seconds;

std::unexpected<Error> too_many(std::string code, std::string message, seconds wait) {
  Error error{ErrorKind::too_many, std::move(code), std::move(message)};
  error.retry_after = wait;
  return std::unexpected(std::move(error));
}

KeyedRateLimit::KeyedRateLimit(const Clock& clock, const Rule& rule)
    : clock_(clock), rule_(rule), interval_(rule.tokens == 0 ? rule.period : rule.period / rule.tokens) {}

seconds KeyedRateLimit::take(std::string_view key) {
  if (rule_.tokens == 0) return seconds{0};
  const auto now = clock_.steady_now();
  const std::lock_guard lock(mutex_);
  const auto wait = wait_until_token(key, now);
  if (wait == seconds{0}) take_one(key, now);
  return wait;
}

seconds KeyedRateLimit::wait(std::string_view key) const {
  if (rule_.tokens == 0) return seconds{0};
  const auto now = clock_.steady_now();
  const std::lock_guard lock(mutex_);
  return wait_until_token(key, now);
}

void KeyedRateLimit::charge(std::string_view key) {
  if (rule_.tokens == 0) return;
  const auto now = clock_.steady_now();
  const std::lock_guard lock(mutex_);
  take_one(key, now);
}

std::size_t KeyedRateLimit::remembered() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

seconds KeyedRateLimit::wait_until_token(std::string_view key, SteadyTime now) const {
  const auto found = buckets_.find(key);
  if (found == buckets_.end()) return seconds{0};
  const auto one_token = found->second->full_again - (rule_.at_once - 1) * interval_;
  return std::max(seconds{0}, std::chrono::ceil<seconds>(one_token - now));
}

void KeyedRateLimit::take_one(std::string_view key, SteadyTime now) {
  if (const auto found = buckets_.find(key); found != buckets_.end()) {
    by_use_.splice(by_use_.begin(), by_use_, found->second);
  } else {
    if (buckets_.size() >= rule_.remembered) {
      buckets_.erase(by_use_.back().key);
      by_use_.pop_back();
    }
    by_use_.push_front({std::string(key), now});
    buckets_.emplace(by_use_.front().key, by_use_.begin());
  }
  Bucket& bucket = by_use_.front();
  bucket.full_again = std::min(std::max(bucket.full_again, now) + interval_, now + (rule_.at_once + 1) * interval_);
}

}  // namespace orbit::kernel
