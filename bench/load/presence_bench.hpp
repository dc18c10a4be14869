// Presence: all members of one workspace come back to a node that was started anew; beside telling each of them of each
// at once, what the tick brings, and what telling them only how many are online.
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace orbit::bench {

struct PresenceOptions {
  std::vector<std::size_t> sizes{1'000, 5'000};  // members that come back, each with one tab; one storm each
  std::size_t naive_most = 1'000;                // of them, where everyone is told of everyone
  std::size_t within_ms = 3'000;                 // all have come by then
  std::size_t roster_limit = 500;                // of the node that tells how many
  std::size_t rounds = 3;
};

[[nodiscard]] Outcome<Section> measure_presence(Stage& stage, const PresenceOptions& options);

}  // namespace orbit::bench
