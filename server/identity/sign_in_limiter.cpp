#include "identity/sign_in_limiter.hpp"

#include <algorithm>

#include "kernel/keyed_rate_limit.hpp"
#include "kernel/network_address.hpp"

namespace orbit::identity {

using kernel::Result;

namespace {

std::string account_key(std::string_view account) { return "a:" + std::string(account); }
std::string address_key(std::string_view address) { return "i:" + kernel::client_network(address); }

}  // namespace

SignInLimiter::Attempts& SignInLimiter::attempts_of(const std::string& key) {
  const auto now = clock_.steady_now();
  auto [entry, added] = attempts_.try_emplace(key);
  if (added) oldest_first_.push_back(key);
  if (added || entry->second.window_ends <= now) entry->second = {0, now + limits_.window};
  return entry->second;
}

Result<> SignInLimiter::take_attempt(std::string_view account, std::string_view address) {
  const std::lock_guard lock(mutex_);
  while (attempts_.size() + 2 > limits_.remembered && !oldest_first_.empty()) {
    attempts_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  Attempts& of_account = attempts_of(account_key(account));
  Attempts& of_address = attempts_of(address_key(address));

  const auto now = clock_.steady_now();
  kernel::SteadyTime wait_until = now;
  if (of_account.count >= limits_.failures_per_account) wait_until = std::max(wait_until, of_account.window_ends);
  if (of_address.count >= limits_.failures_per_address) wait_until = std::max(wait_until, of_address.window_ends);
  if (wait_until > now) {
    return kernel::too_many("session.too_many_attempts",
                            "There were too many sign-in attempts. Wait a while, then try again.",
                            std::chrono::ceil<std::chrono::seconds>(wait_until - now));
  }
  ++of_account.count;
  ++of_address.count;
  return {};
}

void SignInLimiter::succeeded(std::string_view account, std::string_view address) {
  const std::lock_guard lock(mutex_);
  attempts_of(account_key(account)).count = 0;
  Attempts& of_address = attempts_of(address_key(address));
  of_address.count = std::max(0, of_address.count - 1);
}

}  // namespace orbit::identity
