#include "load/idle_crowd.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace orbit::bench {

Outcome<> IdleCrowd::grow_to(std::size_t tabs) {
  std::vector<TabPlan> plans;
  for (std::size_t i = fleet_.size(); i < tabs; ++i) {
    plans.push_back(places_[i % places_.size()]->tab(i / places_.size(), std::nullopt));
  }
  const FleetOptions options{.at_once = 50, .keep_open = true, .patience = std::chrono::seconds(300)};
  const auto opened = fleet_.open(std::move(plans), options);
  return opened ? expect_all() : std::unexpected(opened.error());
}

Outcome<> IdleCrowd::await_pings(Clock::duration patience) {
  std::vector<std::size_t> before;
  for (const auto& tab : fleet_.tabs()) before.push_back(tab->story().pings);
  const auto began = Clock::now();
  std::size_t answered = 0;  // the tabs below have
  while (answered < before.size()) {
    stage_.rest(std::chrono::milliseconds(50));
    while (answered < before.size() && fleet_.tabs()[answered]->story().pings > before[answered]) ++answered;
    if (Clock::now() - began > patience) return failure("a tab was not pinged in time");
    if (auto all = expect_all(); !all) return all;
  }
  return {};
}

std::size_t IdleCrowd::pings() const {
  std::size_t pings = 0;
  for (const auto& tab : fleet_.tabs()) pings += tab->story().pings;
  return pings;
}

Outcome<> IdleCrowd::expect_all() const {
  if (fleet_.lost() == 0) return {};
  const auto lost = std::ranges::find_if(fleet_.tabs(), [](const auto& tab) { return tab->failure().has_value(); });
  return failure(std::to_string(fleet_.lost()) + " tabs were lost, one because " + (*lost)->failure()->what);
}

std::size_t within_descriptor_limit(std::size_t tabs) {
  constexpr std::size_t others = 150;  // listening, databases, epoll, commands
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return std::min<std::size_t>(tabs, limit.rlim_cur > others ? limit.rlim_cur - others : 1);
}

}  // namespace orbit::bench
