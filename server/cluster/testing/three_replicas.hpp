// Three nodes with replicated state on a simulated network, for its tests; on the test's thread.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/testing/replicating_node.hpp"

namespace orbit::cluster {

using namespace std::chrono_literals;

inline const std::string topic = "orbit.topic";

inline bool is_kind(std::string_view message, std::string_view kind) {
  return message.contains(R"("kind":")" + std::string(kind) + "\"");
}

class ThreeReplicas : public testing::Test {
 protected:
  ThreeReplicas() { pass(all, 400ms); }

  void hold_everywhere() {
    for (ReplicatingNode* node : {&a, &b, &c}) node->hold(topic);
    pass(all, 100ms);
  }

  /// How many messages of the kind are sent from now on.
  std::size_t& count(const std::string& kind) {
    auto& counted = counts[kind];
    counted = 0;
    network.watch([this](std::string_view, std::string_view message) {
      for (auto& [of, number] : counts) number += is_kind(message, of) ? 1 : 0;
    });
    return counted;
  }

  std::map<std::string, std::size_t> counts;
  SimulatedNetwork network;
  ReplicatingNode a{network, "a"};
  ReplicatingNode b{network, "b"};
  ReplicatingNode c{network, "c"};
  std::vector<SimulatedNode*> all{&a, &b, &c};
  std::vector<SimulatedNode*> without_c{&a, &b};
};

}  // namespace orbit::cluster
