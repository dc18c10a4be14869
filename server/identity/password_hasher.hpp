// PasswordHasher: argon2id. Hashing takes tens of milliseconds and tens of megabytes on purpose: workers only. Any
// thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <semaphore>
#include <string>
#include <string_view>

namespace orbit::identity {

class PasswordHasher {
 public:
  struct Cost {
    unsigned long long operations;
    std::size_t memory_bytes;
  };

  /// libsodium's "interactive" cost: 2 passes over 64 MiB.
  [[nodiscard]] static Cost interactive_cost();

  /// The least that libsodium takes, for tests.
  [[nodiscard]] static Cost least_cost();

  /// How many hash at the same time, so that many who sign in at once don't take the machine's memory; the others wait.
  static constexpr std::ptrdiff_t max_at_once = 4;

  explicit PasswordHasher(Cost cost);

  /// Throws std::bad_alloc where the memory can't be had.
  [[nodiscard]] std::string hash(std::string_view password) const;

  [[nodiscard]] bool verify(std::string_view password, const std::string& hash) const;

  /// Takes as long as a verify that fails: for accounts that don't exist.
  void verify_nothing(std::string_view password) const;

  /// How many hashes were computed so far: what an answer cost, without a stopwatch.
  [[nodiscard]] std::uint64_t computed() const { return computed_; }

 private:
  Cost cost_;
  mutable std::atomic<std::uint64_t> computed_{0};
  mutable std::counting_semaphore<max_at_once> places_{max_at_once};
  std::string hash_of_nothing_;
};

}  // namespace orbit::identity
