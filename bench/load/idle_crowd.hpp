// IdleCrowd: tabs that are open and do nothing but answer pings, dealt out over workspaces and their people. Belongs to
// the poller's thread.
#pragma once

#include <vector>

#include "load/stage.hpp"
#include "load/tab_fleet.hpp"

namespace orbit::bench {

class IdleCrowd {
 public:
  IdleCrowd(Stage& stage, std::vector<World*> places)
      : stage_(stage), places_(std::move(places)), fleet_(stage.poller(), stage.node().port()) {}

  /// Opens more until there are that many.
  [[nodiscard]] Outcome<> grow_to(std::size_t tabs);

  /// Until each tab has answered a ping since now. Failure: not in time, or a tab was lost.
  [[nodiscard]] Outcome<> await_pings(Clock::duration patience);

  /// How many pings all have answered so far.
  [[nodiscard]] std::size_t pings() const;

  /// Failure: a tab was lost.
  [[nodiscard]] Outcome<> expect_all() const;

  [[nodiscard]] std::size_t size() const { return fleet_.size(); }
  void leave() { fleet_.close(); }

 private:
  Stage& stage_;
  std::vector<World*> places_;
  TabFleet fleet_;
};

/// As many tabs as were asked for, or as many as the limit on a process's descriptors leaves to this one and the node.
[[nodiscard]] std::size_t within_descriptor_limit(std::size_t tabs);

}  // namespace orbit::bench
