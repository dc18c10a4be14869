// What a commit costs with each promise about a loss of power: two nodes on the same disk, one with --durability full,
// one with normal, in turns.
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace orbit::bench {

struct DurabilityOptions {
  std::vector<std::size_t> connections{1, 8};
  std::size_t commands = 1'000;  // of each kind in each round
  std::size_t rounds = 7;
};

/// Stops the stage's node: both others begin with copies of its database.
[[nodiscard]] Outcome<Section> measure_durability(Stage& stage, const DurabilityOptions& options);

}  // namespace orbit::bench
