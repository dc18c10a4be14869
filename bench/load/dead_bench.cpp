#include "load/dead_bench.hpp"

#include <algorithm>

#include "load/loopback.hpp"
#include "load/node_metrics.hpp"
#include "load/paced_commands.hpp"
#include "load/tab_fleet.hpp"

namespace orbit::bench {

namespace {

// One value for each round, but for `closed_with_4408` and the like, which are of all rounds.
struct Way {
  std::size_t dead = 0;
  Samples p50_ms = {};
  Samples p99_ms = {};
  Samples most_ms = {};
  Samples cpu_us = {};     // a delivery to a healthy tab
  Samples cpu_share = {};  // of one core, in percent
  Samples queued_mb = {};  // the most that waited, as the bound counts it
  Samples growth_mb = {};  // of the node's memory during the phase
  Samples evicted_after_s = {};
  std::size_t evicted = 0;  // as the node counts it
  std::size_t saw_4408 = 0;
  std::size_t missing = 0;  // deliveries to healthy tabs
};

double value_of(const NodeMetrics& metrics, std::string_view name) {
  const auto found = metrics.find(name);
  return found == metrics.end() ? 0 : found->second;
}

class DeadBench {
 public:
  DeadBench(Stage& stage, const DeadOptions& options)
      : stage_(stage), options_(options), healthy_(stage.poller(), stage.node().port()) {
    ways_.push_back({0});
    ways_.push_back({options.dead});
  }

  Outcome<Section> go() {
    const auto metrics_port = free_port();
    if (!metrics_port) return std::unexpected(metrics_port.error());
    metrics_port_ = *metrics_port;
    // The heartbeat would end the dead before their queues are full.
    const std::vector<std::string> flags{"--heartbeat",          "600s",
                                         "--metrics-listen",     "127.0.0.1:" + std::to_string(metrics_port_),
                                         "--sockets-per-member", "1000"};
    if (auto started = stage_.restart(flags); !started) return std::unexpected(started.error());
    const auto opened = healthy_.open(plans(options_.healthy, 0), {.at_once = 50, .keep_open = true});
    if (!opened) return std::unexpected(opened.error());
    healthy_.on_event([this](std::uint64_t seq) {
      if (!commands_ || seq <= head_) return;
      latency_ms_.add(milliseconds(Clock::now() - commands_->due(seq - head_ - 1)));
    });
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      for (Way& way : ways_) {
        say("Dead sockets: round " + std::to_string(round + 1) + " of " + std::to_string(options_.rounds) + ", " +
            std::to_string(way.dead) + " dead");
        if (auto done = phase(way); !done) return std::unexpected(done.error());
      }
    }
    return section();
  }

 private:
  static constexpr const char* evicted_series = "orbit_websocket_closed_total{cause=\"too_slow\"}";

  [[nodiscard]] std::vector<TabPlan> plans(std::size_t count, int receive_buffer) const {
    std::vector<TabPlan> plans;
    for (std::size_t i = 0; i < count; ++i) {
      plans.push_back(stage_.world().tab(i % options_.people, std::nullopt));
      plans.back().receive_buffer = receive_buffer;
    }
    return plans;
  }

  Outcome<> phase(Way& way) {
    TabFleet dead(stage_.poller(), stage_.node().port());
    constexpr int small = 4'096;  // or the kernel takes megabytes for each before the node notices
    if (const auto opened = dead.open(plans(way.dead, small), {.at_once = 50, .keep_open = true}); !opened) {
      return std::unexpected(opened.error());
    }
    for (const auto& tab : dead.tabs()) tab->stop_reading();
    stage_.rest(std::chrono::milliseconds(500));
    const auto head = stage_.world().head(stage_.poller());
    if (!head) return std::unexpected(head.error());
    latency_ms_ = {};
    const double memory_before = stage_.node().memory_mb();
    const double cpu_before = stage_.node().cpu_us();
    const auto began = Clock::now();
    head_ = head->seq;
    const auto count =
        std::max<std::size_t>(static_cast<std::size_t>(options_.rate * static_cast<double>(options_.seconds)), 1);
    // One connection, so that the events come in the order of the commands.
    commands_.emplace(stage_.poller(), PacedCommands::Plan{stage_.node().port(), 1, options_.rate, count,
                                                           [this] { return stage_.world().next_command(); }});
    commands_->start();
    if (auto watched = watch(way, dead, began); !watched) return watched;
    const double cpu_us = stage_.node().cpu_us() - cpu_before;
    way.growth_mb.add(stage_.node().memory_mb() - memory_before);
    way.cpu_share.add(cpu_us / (milliseconds(Clock::now() - began) * 1000) * 100);
    way.cpu_us.add(cpu_us / static_cast<double>(std::max<std::size_t>(latency_ms_.size(), 1)));
    way.p50_ms.add(latency_ms_.percentile(50));
    way.p99_ms.add(latency_ms_.percentile(99));
    way.most_ms.add(latency_ms_.most());
    way.missing += count * options_.healthy - latency_ms_.size();
    way.saw_4408 += static_cast<std::size_t>(
        std::ranges::count_if(dead.tabs(), [](const auto& tab) { return tab->story().close_code == 4408; }));
    if (healthy_.lost() > 0) return failure(std::to_string(healthy_.lost()) + " healthy tabs were lost");
    return {};
  }

  // Until all events have happened and had a second to arrive. Once the node has given the dead up they wake, and read
  // what there is to read.
  Outcome<> watch(Way& way, const TabFleet& dead, TimePoint began) {
    const auto before = read_metrics(stage_.poller(), metrics_port_);
    if (!before) return std::unexpected(before.error());
    double queued = 0;
    double evicted = 0;
    bool awake = way.dead == 0;
    auto until = began + std::chrono::hours(1);
    while (Clock::now() < until) {
      stage_.rest(std::chrono::milliseconds(200));
      const auto now = read_metrics(stage_.poller(), metrics_port_);
      if (!now) return std::unexpected(now.error());
      queued = std::max(queued, value_of(*now, "orbit_websocket_queued_bytes"));
      evicted = value_of(*now, evicted_series) - value_of(*before, evicted_series);
      if (!awake && evicted >= static_cast<double>(way.dead)) {
        awake = true;
        way.evicted_after_s.add(milliseconds(Clock::now() - began) / 1000);
        for (const auto& tab : dead.tabs()) tab->read_on();
      }
      if (commands_->failure()) return std::unexpected(*commands_->failure());
      if (commands_->done()) until = std::min(until, Clock::now() + std::chrono::seconds(1));
    }
    way.queued_mb.add(queued / 1024 / 1024);
    way.evicted += static_cast<std::size_t>(evicted);
    return {};
  }

  Section section() const {
    Table table({"dead", "p50 ms", "p99 ms", "most ms", "CPU µs", "CPU %", "queued MB", "grown MB", "ended after s",
                 "4408", "missing"});
    Json ways_json = Json::array();
    for (const Way& way : ways_) {
      const auto dead = static_cast<double>(way.dead);
      table.add({number(dead), number(way.p50_ms.median(), 2), number(way.p99_ms.median(), 2),
                 number(way.most_ms.median(), 1), number(way.cpu_us.median(), 2), number(way.cpu_share.median(), 1),
                 number(way.queued_mb.most(), 1), number(way.growth_mb.most(), 1),
                 number(way.evicted_after_s.median(), 1), number(static_cast<double>(way.saw_4408)),
                 number(static_cast<double>(way.missing))});
      Json entry = Json::object();
      entry.set("dead", dead).set("p50_ms", Json::of(way.p50_ms)).set("p99_ms", Json::of(way.p99_ms));
      entry.set("most_ms", Json::of(way.most_ms)).set("cpu_us_per_delivery", Json::of(way.cpu_us));
      entry.set("cpu_percent", Json::of(way.cpu_share)).set("queued_mb", Json::of(way.queued_mb));
      entry.set("grown_mb", Json::of(way.growth_mb)).set("evicted_after_s", Json::of(way.evicted_after_s));
      entry.set("evicted", static_cast<double>(way.evicted)).set("saw_4408", static_cast<double>(way.saw_4408));
      ways_json.push(std::move(entry.set("missing", static_cast<double>(way.missing))));
    }
    Json json = Json::object();
    json.set("healthy", static_cast<double>(options_.healthy)).set("rate", options_.rate);
    json.set("seconds", static_cast<double>(options_.seconds)).set("rounds", static_cast<double>(options_.rounds));
    json.set("ways", std::move(ways_json));
    return {"dead",
            number(static_cast<double>(options_.healthy)) + " tabs beside some that never read",
            {number(options_.rate) + " events a second for " + number(static_cast<double>(options_.seconds)) +
                 " s, each to every tab, " + number(static_cast<double>(options_.rounds)) +
                 " rounds in turns. Latency is from when the command was due to each delivery.",
             "The node ended " + number(static_cast<double>(ways_.back().evicted)) + " of " +
                 number(static_cast<double>(options_.dead * options_.rounds)) +
                 " for being too slow (its own count). Those then read on; 4408 is how many found that at the end.",
             "CPU is the node's for each delivery to a healthy tab, and in percent of one core. Queued is what waited "
             "at most, counted for each socket; the frames are shared, so the memory is less."},
            std::move(table),
            std::move(json)};
  }

  Stage& stage_;
  const DeadOptions& options_;
  unsigned short metrics_port_ = 0;
  TabFleet healthy_;
  std::optional<PacedCommands> commands_;  // of this phase
  std::uint64_t head_ = 0;                 // where the stream stood when it began
  Samples latency_ms_;                     // of this phase
  std::vector<Way> ways_;
};

}  // namespace

Outcome<Section> measure_dead(Stage& stage, const DeadOptions& options) {
  auto section = DeadBench(stage, options).go();
  if (auto back = stage.restart(); !back) return std::unexpected(back.error());
  return section;
}

}  // namespace orbit::bench
