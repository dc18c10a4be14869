#include <CLI/CLI.hpp>

#include "load/heartbeat_bench.hpp"

namespace orbit::bench {

CLI::App* add_heartbeat(CLI::App& app, HeartbeatOptions& options) {
  CLI::App* sub = app.add_subcommand("heartbeat", "The node's CPU over the heartbeat of many idle sockets");
  sub->add_option("--tabs", options.tabs, "Tabs, or as many as the limit on descriptors leaves")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--heartbeat-ms", options.heartbeat_ms, "The node's heartbeat")->capture_default_str();
  sub->add_option("--sample-ms", options.sample_ms, "How often CPU is read")->capture_default_str();
  sub->add_option("--rounds", options.rounds, "Heartbeats to watch")->check(CLI::PositiveNumber)->capture_default_str();
  return sub;
}

}  // namespace orbit::bench
