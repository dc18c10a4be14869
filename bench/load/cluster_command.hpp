// The subcommand `cluster` of orbit-load. It needs a PostgreSQL with an empty database, and the broker if any.
#pragma once

#include <CLI/CLI.hpp>

#include "load/cluster_bench.hpp"

namespace orbit::bench {

inline CLI::App* add_cluster(CLI::App& app, ClusterOptions& options) {
  CLI::App* sub = app.add_subcommand("cluster", "From a commit on one node to tabs on others");
  sub->add_option("--database", options.database, "URL of an empty PostgreSQL database")->required();
  sub->add_option("--backplane", options.backplane, "The nodes' --backplane")->capture_default_str();
  sub->add_option("--server", options.servers, "Process id of a server whose CPU is told, too; several");
  sub->add_option("--nodes", options.sizes, "Nodes; several, one cluster after the other")
      ->check(CLI::Range(1, 20))
      ->capture_default_str();
  sub->add_option("--tabs", options.tabs, "Tabs, spread over the nodes")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  sub->add_option("--rate", options.rates, "Commands a second; several, one after the other")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--connections", options.connections, "HTTP connections")->capture_default_str();
  sub->add_option("--seconds", options.seconds, "For each rate")->check(CLI::PositiveNumber)->capture_default_str();
  sub->add_option("--kills", options.kills, "Times that the last node is killed")->capture_default_str();
  return sub;
}

}  // namespace orbit::bench
