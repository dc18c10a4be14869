#include "load/fanout_command.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <thread>

#include "load/machine_load.hpp"

namespace orbit::bench {

namespace {

std::vector<std::string> peer_names() {
  std::vector<std::string> names;
  for (const Peer& peer : all_peers({})) names.push_back(peer.name);
  return names;
}

std::string notes_of(const FanoutOptions& options, double others_share) {
  const std::vector<std::string> lines{
      "For each delivery, connect or connection. To floor, to Node: the ratio to that server's cost.",
      "Medians of " + std::to_string(options.rounds) +
          " rounds in turns, ratios of the rounds. CPU is the server's, "
          "user and system, of all its threads.",
      options.pins ? "The server had one core, this program another." : "Nothing was pinned to a core.",
      "Sockets offered permessage-deflate, but for 2 KiB; only Orbit takes it up, from 1 KiB on.",
      "Meanwhile other programs took " + number(others_share * 100) + " % of this machine's CPU time.",
  };
  std::string text = "\n";
  for (const std::string& line : lines) text += "  " + line + "\n";
  return text;
}

}  // namespace

CLI::App* add_fanout(CLI::App& app, FanoutOptions& options) {
  CLI::App* sub = app.add_subcommand("fanout", "One message to many sockets, side by side with other servers");
  sub->add_option("--server", options.servers, "Servers to compare; all unless given")
      ->check(CLI::IsMember(peer_names()));
  sub->add_option("--workload", options.workloads, "Workloads; all unless given")
      ->check(CLI::IsMember(fanout_workloads()));
  sub->add_option("--rounds", options.rounds, "Rounds")->check(CLI::PositiveNumber)->capture_default_str();
  sub->add_option("--seconds", options.seconds, "Of each workload, in each round")
      ->check(CLI::Range(0.01, 3'600.0))
      ->capture_default_str();
  const CLI::Range some(1, 19'900);
  sub->add_option("--sockets", options.sockets, "Sockets of the small crowd")->check(some)->capture_default_str();
  sub->add_option("--crowd", options.crowd, "Sockets of the large one")->check(some)->capture_default_str();
  sub->add_option("--workspaces", options.workspaces, "Workspaces, with events at random")
      ->check(some)
      ->capture_default_str();
  sub->add_option("--workspace-sockets", options.workspace_sockets, "Sockets of each of them")
      ->check(some)
      ->capture_default_str();
  sub->add_option("--window", options.window, "Messages outstanding, where there are several")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  sub->add_option("--rate", options.rate, "Messages a second in the open loop")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  sub->add_flag("!--no-pin", options.pins, "Let server and load run on any core");
  sub->add_option("--programs", options.places.programs, "Where servers are built")->capture_default_str();
  sub->add_option("--peers", options.places.sources, "Where servers are that need no building")->capture_default_str();
  sub->add_option("--run", options.places.run, "Where logs are put")->capture_default_str();
  return sub;
}

Outcome<> run_fanout(const FanoutOptions& asked, Json& json) {
  FanoutOptions options = asked;
  options.pins = options.pins && std::thread::hardware_concurrency() > 1;
  const MachineLoad machine(nullptr);
  auto report = measure_fanout(options);
  if (!report) return std::unexpected(report.error());
  const double others = machine.others_share();
  Json fanout = Json::object();
  const bool colour = isatty(STDOUT_FILENO) != 0;
  for (Section& section : report->sections) {
    std::fputs(text_of(section, colour).c_str(), stdout);
    fanout.set(section.key, std::move(section.json));
  }
  if (report->summary) std::fputs(text_of(*report->summary, colour).c_str(), stdout);
  std::fputs(notes_of(options, others).c_str(), stdout);
  std::fflush(stdout);
  fanout.set("others_cpu_share", others);
  json.set("fanout", std::move(fanout));
  if (report->failures.empty()) return {};
  for (const Failure& why : report->failures) say("Failed: " + why.what);
  return failure(std::to_string(report->failures.size()) + " turns failed");
}

}  // namespace orbit::bench
