// The storm: the node is killed, started again, and all its tabs come back at once, with their cursors; beside it, the
// same with all tabs hydrating anew, in turns.
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace orbit::bench {

struct StormOptions {
  std::size_t tabs = 5'000;
  std::size_t people = 250;         // that they belong to, in a single workspace
  std::size_t workspaces = 1;       // that those tabs are spread over
  std::size_t branch_members = 20;  // of each of them, where they are many
  std::size_t history = 1'000;      // events in each one's log, at least
  std::size_t missed = 20;          // events that happened since each tab's cursor
  std::size_t rounds = 5;
  bool hydrate_too = true;
};

[[nodiscard]] Outcome<Section> measure_storm(Stage& stage, const StormOptions& options);

}  // namespace orbit::bench
