// The whole path: from the moment that a command is due until the last tab has its event, at a pace that doesn't wait
// for the node. Where the node can't keep that pace, the wait grows, and is counted.
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace orbit::bench {

struct PathOptions {
  std::size_t tabs = 1'000;
  std::vector<std::size_t> rates{100};  // commands a second, one after the other
  std::size_t connections = 32;         // that the commands are spread over
  double seconds = 10;                  // for each rate
};

[[nodiscard]] Outcome<Section> measure_path(Stage& stage, const PathOptions& options);

}  // namespace orbit::bench
