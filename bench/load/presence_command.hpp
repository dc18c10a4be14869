// The subcommand `presence` of orbit-load.
#pragma once

#include <CLI/CLI.hpp>

#include "load/presence_bench.hpp"

namespace orbit::bench {

inline CLI::App* add_presence(CLI::App& app, PresenceOptions& options) {
  CLI::App* sub = app.add_subcommand("presence", "All members of a large workspace come back within seconds");
  sub->add_option("--sizes", options.sizes, "Members that come back, at most --members; several, for one storm each")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  sub->add_option("--naive-most", options.naive_most, "Of them, up to which everyone is told of everyone, too")
      ->capture_default_str();
  sub->add_option("--within-ms", options.within_ms, "How long their coming takes")->capture_default_str();
  sub->add_option("--roster-limit", options.roster_limit, "The node's --presence-roster-limit")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--rounds", options.rounds, "Rounds")->capture_default_str();
  return sub;
}

}  // namespace orbit::bench
