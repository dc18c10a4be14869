// TabFleet: opens many tabs, all at once or a few at a time, waits until each is up to date, and says how that went.
// Belongs to the poller's thread.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "load/samples.hpp"
#include "load/tab.hpp"

namespace orbit::bench {

struct FleetOptions {
  std::size_t at_once = 1;  // how many are under way at any time
  bool keep_open = false;   // once live; else each is closed then
  Clock::duration over{};   // how long their first attempts are spread over, evenly
  std::chrono::seconds patience{60};
  std::optional<TimePoint> since = {};  // what *_after_ms counts from; from the call unless given
};

struct FleetResult {
  Samples live_ms;        // from a tab's first attempt until it was live
  Samples live_after_ms;  // from `since` until a tab was live
  Samples hello_after_ms;
  std::size_t resumed = 0;
  std::size_t resynced = 0;
  std::size_t refusals = 0;
  std::size_t durable_frames = 0;
  std::uint64_t bytes = 0;
};

struct FleetTotals {
  std::uint64_t bytes = 0;
  std::uint64_t frames = 0;
  std::size_t counting = 0;                    // tabs that were told how many are online
  std::optional<std::uint64_t> least_counted;  // what those were told last: the least of it, and the most
  std::optional<std::uint64_t> most_counted;
};

class TabFleet {
 public:
  TabFleet(Poller& poller, unsigned short port) : context_{poller, port} {}

  /// To be told of each durable event that any of them gets.
  void on_event(std::function<void(std::uint64_t seq)> listener) { context_.on_event = std::move(listener); }

  /// Failure: a tab that can't become live, or takes too long.
  [[nodiscard]] Outcome<FleetResult> open(std::vector<TabPlan> plans, const FleetOptions& options);

  /// Those kept open.
  [[nodiscard]] std::span<const std::unique_ptr<Tab>> tabs() const { return kept_; }
  /// Hears of every room.signal that comes to any of them.
  void on_signal(std::function<void(std::string_view)> heard) { context_.on_signal = std::move(heard); }

  /// And of every presence.update; nullptr for nobody.
  void on_presence(std::function<void(std::string_view)> heard) { context_.on_presence = std::move(heard); }

  /// Those kept open that the node has closed, or sent what it must not.
  [[nodiscard]] std::size_t lost() const;
  [[nodiscard]] std::size_t size() const { return kept_.size(); }

  /// All that those kept open have received.
  [[nodiscard]] FleetTotals totals() const;
  void close() { kept_.clear(); }

 private:
  using Tabs = std::vector<std::unique_ptr<Tab>>;

  Outcome<> collect(std::unique_ptr<Tab>& settled, bool keep_open, TimePoint began, FleetResult& result);

  Tab::Context context_;
  Tabs kept_;
};

}  // namespace orbit::bench
