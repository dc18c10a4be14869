#include "load/path_bench.hpp"

#include <algorithm>

#include "load/arrivals.hpp"
#include "load/machine_load.hpp"
#include "load/paced_commands.hpp"
#include "load/tab_fleet.hpp"

namespace orbit::bench {

namespace {

struct Way {
  std::size_t rate = 0;
  double events_per_s = 0;
  double cpu_us = 0;     // of the node, for each event
  double cpu_share = 0;  // of one core
  double own_share = 0;  // of one core, of this program
  Samples answer_ms = {};
  Samples last_tab_ms = {};
  double first_ms = 0;  // median of the last tab, of the first tenth of all events
  double final_ms = 0;  // and of the last tenth
};

double median_of(std::span<const double> values) {
  Samples samples;
  for (const double value : values) samples.add(value);
  return samples.median();
}

class PathBench {
 public:
  PathBench(Stage& stage, const PathOptions& options)
      : stage_(stage), options_(options), fleet_(stage.poller(), stage.node().port()) {
    fleet_.on_event([this](std::uint64_t seq) {
      if (arrivals_) arrivals_->note(seq);
    });
  }

  Outcome<Section> go() {
    std::vector<TabPlan> plans;
    for (std::size_t i = 0; i < options_.tabs; ++i) {
      plans.push_back(stage_.world().tab(i % stage_.world().people(), std::nullopt));
    }
    if (auto opened = fleet_.open(std::move(plans), {.at_once = 50, .keep_open = true}); !opened) {
      return std::unexpected(opened.error());
    }
    for (const std::size_t rate : options_.rates) {
      say("Path: " + std::to_string(rate) + " commands a second");
      if (auto done = pace(rate); !done) return std::unexpected(done.error());
    }
    return section();
  }

 private:
  Outcome<> pace(std::size_t rate) {
    stage_.rest(std::chrono::milliseconds(500));
    const auto head = stage_.world().head(stage_.poller());
    if (!head) return std::unexpected(head.error());
    const auto count = std::max<std::size_t>(static_cast<std::size_t>(options_.seconds * static_cast<double>(rate)), 1);
    arrivals_.emplace(head->seq, count, options_.tabs);
    PacedCommands commands(stage_.poller(), {stage_.node().port(), options_.connections, static_cast<double>(rate),
                                             count, [this] { return stage_.world().next_command(); }});
    const double before = stage_.node().cpu_us();
    const double own_before = own_cpu_seconds();
    commands.start();
    const auto patience = std::chrono::seconds(60) + std::chrono::seconds(static_cast<long>(4 * options_.seconds));
    const bool all = stage_.poller().turn_until(
        [&] { return commands.failure() || fleet_.lost() > 0 || (commands.done() && arrivals_->complete()); },
        Clock::now() + patience);
    if (commands.failure()) return std::unexpected(*commands.failure());
    if (fleet_.lost() > 0) return failure(std::to_string(fleet_.lost()) + " tabs were lost");
    if (!all) return failure("not every tab got every event in time");
    const double took = std::chrono::duration<double>(arrivals_->last(count - 1) - commands.due(0)).count();
    const double cpu_us = stage_.node().cpu_us() - before;
    Way& way = ways_.emplace_back(Way{.rate = rate});
    way.events_per_s = static_cast<double>(count) / took;
    way.cpu_us = cpu_us / static_cast<double>(count);
    way.cpu_share = cpu_us / took / 1e6;
    way.own_share = (own_cpu_seconds() - own_before) / took;
    way.answer_ms.add(commands.answer_ms());
    for (std::size_t i = 0; i < count; ++i) {
      way.last_tab_ms.add(milliseconds(arrivals_->last(i) - commands.due(i)));
    }
    const std::size_t tenth = std::max<std::size_t>(count / 10, 1);
    way.first_ms = median_of(way.last_tab_ms.values().first(tenth));
    way.final_ms = median_of(way.last_tab_ms.values().last(tenth));
    arrivals_.reset();
    return {};
  }

  Section section() const {
    Table table({"asked a second", "events/s", "answer p50 ms", "p99 ms", "last tab p50 ms", "p99 ms", "most ms",
                 "first tenth", "last tenth", "CPU µs an event", "node CPU", "load CPU"});
    Json ways_json = Json::array();
    for (const Way& way : ways_) {
      table.add({number(static_cast<double>(way.rate)), number(way.events_per_s),
                 number(way.answer_ms.percentile(50), 2), number(way.answer_ms.percentile(99), 2),
                 number(way.last_tab_ms.percentile(50), 2), number(way.last_tab_ms.percentile(99), 2),
                 number(way.last_tab_ms.most(), 1), number(way.first_ms, 2), number(way.final_ms, 2),
                 number(way.cpu_us), number(way.cpu_share * 100) + " %", number(way.own_share * 100) + " %"});
      Json entry = Json::object();
      entry.set("commands_per_s", static_cast<double>(way.rate)).set("events_per_s", way.events_per_s);
      entry.set("answer_ms", Json::percentiles(way.answer_ms)).set("last_tab_ms", Json::percentiles(way.last_tab_ms));
      entry.set("first_tenth_ms", way.first_ms).set("last_tenth_ms", way.final_ms);
      entry.set("cpu_us_per_event", way.cpu_us).set("node_cores", way.cpu_share).set("load_cores", way.own_share);
      ways_json.push(std::move(entry));
    }
    Json json = Json::object();
    json.set("tabs", static_cast<double>(options_.tabs)).set("connections", static_cast<double>(options_.connections));
    json.set("seconds", options_.seconds).set("rates", std::move(ways_json));
    return {"path_" + std::to_string(options_.tabs) + "_tabs",
            "The whole path: commands to " + number(static_cast<double>(options_.tabs)) + " tabs",
            {"Each command is an HTTP request, a transaction and one event that every tab gets; " +
                 number(static_cast<double>(options_.connections)) + " connections, " + number(options_.seconds) +
                 " s for each pace.",
             "Times are from the moment that a command was due, so what waits is counted; the last tab's are those of "
             "the k-th event after the k-th command was due.",
             "First and last tenth: medians of the last tab's, ms. Where the last is far above the first, the pace is "
             "more than the node keeps up with. CPU is of one core; there are two, and this program has its share."},
            std::move(table),
            std::move(json)};
  }

  Stage& stage_;
  const PathOptions& options_;
  TabFleet fleet_;
  std::optional<Arrivals> arrivals_;
  std::vector<Way> ways_;
};

}  // namespace

Outcome<Section> measure_path(Stage& stage, const PathOptions& options) { return PathBench(stage, options).go(); }

}  // namespace orbit::bench
