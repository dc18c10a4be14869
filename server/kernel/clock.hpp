// Time, injected: nothing in Orbit asks the operating system for the time but SystemClock.
// Clocks are safe to read from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace orbit::kernel {

/// A moment of wall-clock time, UTC, to the millisecond: what is stored and sent.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

/// A moment of monotonic time: what timeouts, rates and graces are measured with.
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] SteadyTime steady_now() const override;
};

/// A clock for tests: stands still until it is told to advance.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start = Timestamp{std::chrono::milliseconds{1'767'225'600'000}});  // 2026-01-01
  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] SteadyTime steady_now() const override;
  void advance(std::chrono::milliseconds by);

 private:
  std::atomic<std::chrono::milliseconds> wall_;
  std::atomic<std::chrono::milliseconds> steady_{std::chrono::milliseconds{1}};
};

/// ISO 8601 in UTC with milliseconds: "2026-01-01T00:00:00.000Z".
[[nodiscard]] std::string to_iso8601(Timestamp time);

/// Reads exactly the form that to_iso8601 writes; anything else is nullopt.
[[nodiscard]] std::optional<Timestamp> from_iso8601(std::string_view text);

}  // namespace orbit::kernel
