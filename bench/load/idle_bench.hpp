// Idle connections: what each costs the node in memory while all that happens on it is the heartbeat.
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace CLI {
class App;
}

namespace orbit::bench {

struct IdleOptions {
  std::vector<std::size_t> tabs{5'000, 10'000, 15'000};  // rising
  std::size_t workspaces = 1;
  std::size_t branch_members = 20;  // of each of them, where they are many
  std::size_t heartbeat_ms = 25'000;
};

/// The subcommand that fills the options.
[[nodiscard]] CLI::App* add_idle(CLI::App& app, IdleOptions& options);

[[nodiscard]] Outcome<Section> measure_idle(Stage& stage, const IdleOptions& options);

}  // namespace orbit::bench
