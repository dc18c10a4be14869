// Sockets that never read, beside many that do: whether they slow those, what they cost, and how they end; in turns
// with the same without them.
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace CLI {
class App;
}

namespace orbit::bench {

struct DeadOptions {
  std::size_t healthy = 1'000;
  std::size_t dead = 50;
  std::size_t people = 250;  // that they belong to
  double rate = 60;          // events a second
  std::size_t seconds = 50;  // of each phase
  std::size_t rounds = 3;
};

/// The subcommand that fills the options.
[[nodiscard]] CLI::App* add_dead(CLI::App& app, DeadOptions& options);

[[nodiscard]] Outcome<Section> measure_dead(Stage& stage, const DeadOptions& options);

}  // namespace orbit::bench
