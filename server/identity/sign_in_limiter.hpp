// SignInLimiter: slows down guessing, by account and by address (a /64 of IPv6 is one). Any thread: one mutex protects
// its tables.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "kernel/clock.hpp"
#include "kernel/error.hpp"

namespace orbit::identity {

class SignInLimiter {
 public:
  struct Limits {
    int failures_per_account = 10;
    int failures_per_address = 50;
    std::chrono::minutes window{15};
    std::size_t remembered = 100'000;  // accounts and addresses; the ones remembered longest are forgotten first
  };

  SignInLimiter(const kernel::Clock& clock, Limits limits) : clock_(clock), limits_(limits) {}

  /// Takes one attempt of the account and one of the address before the password is looked at, so that guesses made at
  /// the same time count too. Error: too_many "session.too_many_attempts", with how long to wait.
  [[nodiscard]] kernel::Result<> take_attempt(std::string_view account, std::string_view address);

  /// The password was right: the account starts afresh, and the address gets its attempt back.
  void succeeded(std::string_view account, std::string_view address);

 private:
  struct Attempts {
    int count = 0;
    kernel::SteadyTime window_ends;
  };

  Attempts& attempts_of(const std::string& key);

  const kernel::Clock& clock_;
  const Limits limits_;
  std::mutex mutex_;  // protects the tables below
  std::unordered_map<std::string, Attempts> attempts_;
  std::deque<std::string> oldest_first_;
};

}  // namespace orbit::identity
