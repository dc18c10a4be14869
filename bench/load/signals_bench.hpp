// Signals: everybody in one room moves a cursor, many times a second. What that costs the node with its tick, and
// beside it where each signal leaves at once, in turns.
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace CLI {
class App;
}

namespace orbit::bench {

struct SignalsOptions {
  std::vector<std::size_t> people{100};  // in the room, each with a tab; several
  std::size_t rate = 60;                 // signals a second, of each
  double seconds = 5;                    // of each round
  std::size_t rounds = 3;
  std::vector<std::string> ticks{"50ms", "0s"};  // of the node
};

CLI::App* add_signals(CLI::App& app, SignalsOptions& options);

[[nodiscard]] Outcome<Section> measure_signals(Stage& stage, const SignalsOptions& options);

}  // namespace orbit::bench
