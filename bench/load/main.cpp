// orbit-load: puts a node under load and says what that costs. Each subcommand is a measurement; several run one after
// the other.
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "load/cluster_command.hpp"
#include "load/dead_bench.hpp"
#include "load/durability_bench.hpp"
#include "load/fanout_command.hpp"
#include "load/heartbeat_bench.hpp"
#include "load/idle_bench.hpp"
#include "load/machine_load.hpp"
#include "load/overload_bench.hpp"
#include "load/path_bench.hpp"
#include "load/presence_command.hpp"
#include "load/resume_bench.hpp"
#include "load/signals_bench.hpp"
#include "load/storm_bench.hpp"

namespace {

using namespace orbit::bench;

struct Options {
  StageOptions stage{"build/release/orbit", "build/bench/run", {}, {}};
  std::string json;
  ResumeOptions resume;
  StormOptions storm;
  std::vector<std::size_t> workspaces{1, 100};
  DurabilityOptions durability;
  PathOptions path;
  OverloadOptions overload;
  IdleOptions idle;
  HeartbeatOptions heartbeat;
  DeadOptions dead;
  PresenceOptions presence;
  SignalsOptions signals;
  FanoutOptions fanout;
  ClusterOptions cluster;
};

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void add_options(CLI::App& app, Options& options) {
  app.add_option("--orbit", options.stage.program, "The program to measure")->capture_default_str();
  app.add_option("--directory", options.stage.directory, "Where databases are put; emptied first")
      ->capture_default_str();
  app.add_option("--json", options.json, "Where to write the figures as JSON");
  app.add_option("--members", options.stage.shape.members, "Members of the workspace")
      ->check(CLI::Range(2, 9'000))
      ->capture_default_str();
  app.add_option("--node-flag", options.stage.node_flags, "Another flag for `orbit serve`; repeatable");
}

CLI::App* add_resume(CLI::App& app, ResumeOptions& options) {
  CLI::App* sub = app.add_subcommand("resume", "What it costs to bring a tab up to date");
  sub->add_option("--missed", options.missed, "Events that a tab missed; several")->capture_default_str();
  sub->add_option("--beyond-memory", options.beyond_memory, "Events missed that are more than memory holds; 0: none")
      ->capture_default_str();
  sub->add_option("--tabs", options.tabs, "Tabs of each kind in a round")
      ->check(CLI::Range(2, 100'000))
      ->capture_default_str();
  sub->add_option("--at-once", options.at_once, "How many of them are under way at a time")->capture_default_str();
  sub->add_option("--online", options.online, "People with a tab open all the time")->capture_default_str();
  sub->add_option("--rounds", options.rounds, "Rounds")->capture_default_str();
  return sub;
}

CLI::App* add_storm(CLI::App& app, StormOptions& options, std::vector<std::size_t>& workspaces) {
  CLI::App* sub = app.add_subcommand("storm", "All tabs come back at once after a kill -9");
  sub->add_option("--tabs", options.tabs, "Tabs")->capture_default_str();
  sub->add_option("--workspaces", workspaces, "Workspaces that they are spread over; several, for one storm each")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  sub->add_option("--people", options.people, "People that they belong to, in a single workspace; at most --members")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--branch-members", options.branch_members, "Members of each workspace, where they are many")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--history", options.history, "Events in each workspace's log, at least")->capture_default_str();
  sub->add_option("--missed", options.missed, "Events that each missed")->capture_default_str();
  sub->add_option("--rounds", options.rounds, "Rounds")->capture_default_str();
  sub->add_flag("!--no-hydrate", options.hydrate_too, "Leave out the storm of tabs that hydrate anew");
  return sub;
}

CLI::App* add_durability(CLI::App& app, DurabilityOptions& options) {
  CLI::App* sub = app.add_subcommand("durability", "What a commit costs with --durability full and normal");
  sub->add_option("--connections", options.connections, "HTTP connections; several")->capture_default_str();
  sub->add_option("--commands", options.commands, "Commands of each kind in a round")->capture_default_str();
  sub->add_option("--rounds", options.rounds, "Rounds")->capture_default_str();
  return sub;
}

CLI::App* add_path(CLI::App& app, PathOptions& options) {
  CLI::App* sub = app.add_subcommand("path", "From a command that is due until the last tab has its event");
  sub->add_option("--tabs", options.tabs, "Tabs on the workspace")->check(CLI::Range(1, 15'000))->capture_default_str();
  sub->add_option("--rate", options.rates, "Commands a second; several, one after the other")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--connections", options.connections, "HTTP connections")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--seconds", options.seconds, "For each rate")->check(CLI::PositiveNumber)->capture_default_str();
  return sub;
}

template <class Measure, class MeasureOptions>
Outcome<> take(CLI::App* chosen, Measure measure, Stage& stage, const MeasureOptions& options, Json& json) {
  if (!chosen->parsed()) return {};
  const MachineLoad machine(&stage.node());
  auto section = measure(stage, options);
  if (!section) return std::unexpected(section.error());
  const double others = machine.others_share();
  section->notes.push_back("Meanwhile other programs took " + number(others * 100) + " % of this machine's CPU time.");
  section->json.set("others_cpu_share", others);
  std::fputs(text_of(*section, isatty(STDOUT_FILENO) != 0).c_str(), stdout);
  std::fflush(stdout);
  json.set(section->key, std::move(section->json));
  return {};
}

Outcome<> run_cluster(Options& options, Json& json) {
  options.cluster.program = options.stage.program;
  options.cluster.directory = options.stage.directory;
  auto sections = measure_cluster(options.cluster);
  if (!sections) return std::unexpected(sections.error());
  for (Section& section : *sections) {
    std::fputs(text_of(section, isatty(STDOUT_FILENO) != 0).c_str(), stdout);
    json.set(section.key, std::move(section.json));
  }
  return {};
}

int fail(const Failure& why) {
  std::fprintf(stderr, "orbit-load: %s\n", why.what.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Puts Orbit under load, and says what that costs. Everything stays on 127.0.0.1.", "orbit-load");
  app.require_subcommand(1, 0);
  add_options(app, options);
  CLI::App* resume = add_resume(app, options.resume);
  CLI::App* storm = add_storm(app, options.storm, options.workspaces);
  CLI::App* durability = add_durability(app, options.durability);
  CLI::App* path = add_path(app, options.path);
  CLI::App* overload = add_overload(app, options.overload);
  CLI::App* idle = add_idle(app, options.idle);
  CLI::App* heartbeat = add_heartbeat(app, options.heartbeat);
  CLI::App* dead = add_dead(app, options.dead);
  CLI::App* presence = add_presence(app, options.presence);
  CLI::App* signals = add_signals(app, options.signals);
  CLI::App* fanout = add_fanout(app, options.fanout);
  CLI::App* cluster = add_cluster(app, options.cluster);
  CLI11_PARSE(app, argc, argv);

  signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  Json json = Json::object();
  const auto done = [&]() -> Outcome<> {
    if (fanout->parsed()) {
      if (auto ran = run_fanout(options.fanout, json); !ran || app.get_subcommands().size() == 1) return ran;
    }
    if (cluster->parsed()) {
      if (auto ran = run_cluster(options, json); !ran || app.get_subcommands().size() == 1) return ran;
    }
    const auto stage = Stage::set(options.stage);
    if (!stage) return std::unexpected(stage.error());
    if (auto taken = take(resume, measure_resume, **stage, options.resume, json); !taken) return taken;
    for (const std::size_t workspaces : options.workspaces) {
      options.storm.workspaces = workspaces;
      if (auto taken = take(storm, measure_storm, **stage, options.storm, json); !taken) return taken;
    }
    if (auto taken = take(path, measure_path, **stage, options.path, json); !taken) return taken;
    if (auto taken = take(overload, measure_overload, **stage, options.overload, json); !taken) return taken;
    if (auto taken = take(idle, measure_idle, **stage, options.idle, json); !taken) return taken;
    if (auto taken = take(heartbeat, measure_heartbeat, **stage, options.heartbeat, json); !taken) return taken;
    if (auto taken = take(dead, measure_dead, **stage, options.dead, json); !taken) return taken;
    if (auto taken = take(presence, measure_presence, **stage, options.presence, json); !taken) return taken;
    if (auto taken = take(durability, measure_durability, **stage, options.durability, json); !taken) return taken;
    return take(signals, measure_signals, **stage, options.signals, json);
  }();
  if (!options.json.empty()) std::ofstream(options.json) << json.text() << "\n";
  return done ? 0 : fail(done.error());
}
