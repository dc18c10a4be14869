// The heartbeat: whether pinging many idle sockets costs the node CPU in bursts, or evenly.
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace CLI {
class App;
}

namespace orbit::bench {

struct HeartbeatOptions {
  std::size_t tabs = 20'000;
  std::size_t heartbeat_ms = 25'000;
  std::size_t rounds = 2;  // heartbeats to watch
  std::size_t sample_ms = 100;
};

/// The subcommand that fills the options.
[[nodiscard]] CLI::App* add_heartbeat(CLI::App& app, HeartbeatOptions& options);

[[nodiscard]] Outcome<Section> measure_heartbeat(Stage& stage, const HeartbeatOptions& options);

}  // namespace orbit::bench
