#include <CLI/CLI.hpp>

#include "load/dead_bench.hpp"

namespace orbit::bench {

CLI::App* add_dead(CLI::App& app, DeadOptions& options) {
  CLI::App* sub = app.add_subcommand("dead", "Tabs beside some that never read");
  sub->add_option("--healthy", options.healthy, "Tabs that read")->check(CLI::PositiveNumber)->capture_default_str();
  sub->add_option("--dead", options.dead, "Tabs that don't")->check(CLI::PositiveNumber)->capture_default_str();
  sub->add_option("--people", options.people, "People that they belong to; at most --members")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--rate", options.rate, "Events a second")->check(CLI::PositiveNumber)->capture_default_str();
  sub->add_option("--seconds", options.seconds, "How long, with and without")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--rounds", options.rounds, "Rounds")->check(CLI::PositiveNumber)->capture_default_str();
  return sub;
}

}  // namespace orbit::bench
