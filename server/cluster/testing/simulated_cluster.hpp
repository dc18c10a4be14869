// SimulatedNode: one node's switchboard and peers on a SimulatedNetwork, with a clock of its own. pass() lets time
// pass for several of them; for a node that is left out it stands still, as for a process that was stopped. Belongs to
// the test's thread.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cluster/peers.hpp"
#include "cluster/subjects.hpp"
#include "cluster/switchboard.hpp"
#include "cluster/testing/simulated_backplane.hpp"

namespace orbit::cluster {

struct SimulatedNode {
  SimulatedNode(SimulatedNetwork& network, std::string name, const PeerOptions& options = {})
      : backplane(new SimulatedBackplane(network, scheduler)),
        switchboard(std::unique_ptr<Backplane>(backplane), scheduler, incarnation, metrics),
        peers(switchboard, scheduler, subjects.everyone(), std::move(name), options, metrics) {}

  void start() {
    peers.start();
    switchboard.start();
  }

  std::int64_t counter(std::string_view metric, kernel::MetricLabels labels = {}) {
    return metrics.counter(metric, "", std::move(labels)).value();
  }

  kernel::MetricsRegistry metrics;
  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  const kernel::Uuid incarnation = kernel::new_uuid(clock);
  const Subjects subjects{"0198c0de-0000-7000-8000-00000000abcd"};
  SimulatedBackplane* const backplane;  // the switchboard's
  Switchboard switchboard;
  Peers peers;
};

/// What was said is heard, and answered, until nobody has anything to say.
inline void settle(std::span<SimulatedNode* const> nodes) {
  for (int round = 0; round < 10; ++round) {
    for (SimulatedNode* node : nodes) node->scheduler.run_posted();
  }
}

inline void pass(std::span<SimulatedNode* const> nodes, std::chrono::milliseconds by) {
  constexpr std::chrono::milliseconds step{10};
  settle(nodes);
  for (std::chrono::milliseconds passed{0}; passed < by; passed += step) {
    for (SimulatedNode* node : nodes) node->scheduler.advance(step);
    settle(nodes);
  }
}

}  // namespace orbit::cluster
