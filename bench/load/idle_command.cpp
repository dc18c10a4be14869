#include <CLI/CLI.hpp>

#include "load/idle_bench.hpp"

namespace orbit::bench {

CLI::App* add_idle(CLI::App& app, IdleOptions& options) {
  CLI::App* sub = app.add_subcommand("idle", "Memory of connections on which nothing happens but the heartbeat");
  sub->add_option("--tabs", options.tabs, "Tabs; several, rising, to read memory at each")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--workspaces", options.workspaces, "Workspaces that they are spread over")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--branch-members", options.branch_members, "Members of each workspace, where they are many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--heartbeat-ms", options.heartbeat_ms, "The node's heartbeat")->capture_default_str();
  return sub;
}

}  // namespace orbit::bench
