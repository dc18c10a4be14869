#include "load/tab_fleet.hpp"

#include <algorithm>
#include <utility>

namespace orbit::bench {

namespace {

void count(const TabStory& story, TimePoint began, FleetResult& result) {
  result.live_ms.add(milliseconds(story.live - story.started));
  result.live_after_ms.add(milliseconds(story.live - began));
  result.hello_after_ms.add(milliseconds(story.greeted - began));
  result.resumed += story.resumed ? 1 : 0;
  result.resynced += story.resynced ? 1 : 0;
  result.refusals += story.refusals;
  result.durable_frames += story.durable_frames;
  result.bytes += story.bytes;
}

}  // namespace

Outcome<FleetResult> TabFleet::open(std::vector<TabPlan> plans, const FleetOptions& options) {
  const auto called = Clock::now();
  const auto began = options.since.value_or(called);
  FleetResult result;
  Tabs tabs;
  tabs.reserve(plans.size());
  std::size_t settled = 0;
  const auto due = [&] { return called + options.over * tabs.size() / std::max<std::size_t>(plans.size(), 1); };
  const auto may_open = [&] {
    return tabs.size() < plans.size() && tabs.size() - settled < options.at_once && Clock::now() >= due();
  };
  while (settled < plans.size()) {
    // In small portions, so that answers are read while others are still being opened.
    for (int i = 0; i < 64 && may_open(); ++i) {
      const std::size_t number = tabs.size();
      tabs.push_back(std::make_unique<Tab>(context_, number, std::move(plans[number])));
      tabs.back()->open();
    }
    const auto longest =
        options.over == Clock::duration{} ? std::chrono::milliseconds(100) : std::chrono::milliseconds(1);
    context_.poller.turn(may_open() ? std::chrono::milliseconds(0) : longest);
    for (const std::size_t number : std::exchange(context_.settled, {})) {
      ++settled;
      const auto collected = collect(tabs[number], options.keep_open, began, result);
      if (!collected) return std::unexpected(collected.error());
    }
    if (Clock::now() - called > options.patience) {
      return failure(std::to_string(plans.size() - settled) + " tabs are not up to date in time");
    }
  }
  return result;
}

Outcome<> TabFleet::collect(std::unique_ptr<Tab>& settled, bool keep_open, TimePoint began, FleetResult& result) {
  if (settled->failure()) return std::unexpected(*settled->failure());
  count(settled->story(), began, result);
  if (keep_open) {
    kept_.push_back(std::move(settled));
  } else {
    settled.reset();
  }
  return {};
}

std::size_t TabFleet::lost() const {
  return static_cast<std::size_t>(std::ranges::count_if(kept_, [](const auto& tab) { return !!tab->failure(); }));
}

FleetTotals TabFleet::totals() const {
  FleetTotals totals;
  for (const auto& tab : kept_) {
    const TabStory& story = tab->story();
    totals.bytes += story.bytes;
    totals.frames += story.frames;
    if (!story.counted) continue;
    ++totals.counting;
    totals.least_counted = std::min(totals.least_counted.value_or(*story.counted), *story.counted);
    totals.most_counted = std::max(totals.most_counted.value_or(0), *story.counted);
  }
  return totals;
}

}  // namespace orbit::bench
