// KeyedRateLimit: a token bucket for each key, such as a client's address. One for all shards of a node, behind one
// lock: the kernel spreads a client's connections over the shards, so with buckets of its own on each shard the client
// would have several. The lock is held for one look-up. Any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "kernel/clock.hpp"
#include "kernel/error.hpp"

namespace orbit::kernel {

/// What whoever is beyond a limit is told: too_many, and when to try again.
[[nodiscard]] std::unexpected<Error> too_many(std::string code, std::string message, std::chrono::seconds wait);

class KeyedRateLimit {
 public:
  struct Rule {
    std::int64_t tokens = 0;  // that come back in `period`; 0: no limit
    std::chrono::nanoseconds period = std::chrono::seconds(1);
    std::int64_t at_once = 1;          // how many there are at most
    std::size_t remembered = 100'000;  // keys; the ones used longest ago are forgotten first
  };

  KeyedRateLimit(const Clock& clock, const Rule& rule);

  /// Zero where a token was taken; else how long until there is one: at least a second.
  [[nodiscard]] std::chrono::seconds take(std::string_view key);

  /// What `take` would say, without taking.
  [[nodiscard]] std::chrono::seconds wait(std::string_view key) const;

  /// Takes a token even where none is left. Debts don't grow beyond one token.
  void charge(std::string_view key);

  [[nodiscard]] std::size_t remembered() const;

 private:
  struct Bucket {
    std::string key;
    SteadyTime full_again;
  };

  // With the mutex held.
  [[nodiscard]] std::chrono::seconds wait_until_token(std::string_view key, SteadyTime now) const;
  void take_one(std::string_view key, SteadyTime now);

  const Clock& clock_;
  const Rule rule_;
  const std::chrono::nanoseconds interval_;  // in which one token comes back
  mutable std::mutex mutex_;                 // protects all that follows
  std::list<Bucket> by_use_;                 // the one used last comes first
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> buckets_;
};

}  // namespace orbit::kernel
