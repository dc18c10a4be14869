#include "load/signals_bench.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <deque>

#include "load/loopback.hpp"
#include "load/machine_load.hpp"
#include "load/node_metrics.hpp"
#include "load/tab_fleet.hpp"

namespace orbit::bench {

namespace {

constexpr std::string_view room = "workspace";
constexpr std::string_view sent_key = R"("t":)";

// A node that runs all along, with its people in the room while it is their turn. One value for each round, but for
// latency_ms.
struct Way {
  std::string tick;
  std::size_t people = 0;
  NodeProcess* node = nullptr;
  unsigned short metrics_port = 0;
  Samples sent_per_s = {};
  Samples writes_per_s = {};
  Samples runs_per_s = {};
  Samples deliveries_per_s = {};
  Samples reads_per_s = {};
  Samples cores = {};
  Samples own_cores = {};
  Samples megabytes_per_s = {};
  Samples latency_ms = {};
};

double micros_since(TimePoint start) { return milliseconds(Clock::now() - start) * 1000; }

class SignalsBench {
 public:
  SignalsBench(Stage& stage, const SignalsOptions& options) : stage_(stage), options_(options) {}

  Outcome<Section> go() {
    stage_.node().stop();
    for (const std::string& tick : options_.ticks) {
      if (auto started = start(tick); !started) return std::unexpected(started.error());
    }
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      say("Signals: round " + std::to_string(round + 1) + " of " + std::to_string(options_.rounds));
      for (Way& way : ways_) {
        if (auto done = move_cursors(way); !done) return std::unexpected(done.error());
      }
    }
    return section();
  }

 private:
  Outcome<> start(const std::string& tick) {
    const auto number = std::to_string(nodes_.size());
    const auto to = stage_.options().directory / ("signals" + number + ".db");
    if (auto copied = stage_.copy_database(to); !copied) return copied;
    const auto port = free_port();
    if (!port) return std::unexpected(port.error());
    const std::string rate = std::to_string(options_.rate * 4 + 100);
    NodeOptions node{stage_.options().program,
                     to,
                     {"--demo", "--presence-grace", "0s", "--signal-tick", tick, "--message-rate", rate,
                      "--message-burst", rate, "--metrics-listen", "127.0.0.1:" + std::to_string(*port)}};
    node.flags.insert(node.flags.end(), stage_.options().node_flags.begin(), stage_.options().node_flags.end());
    nodes_.push_back(std::make_unique<NodeProcess>(std::move(node)));
    for (const std::size_t people : options_.people) {
      ways_.push_back({.tick = tick, .people = people, .node = nodes_.back().get(), .metrics_port = *port});
    }
    return nodes_.back()->start();
  }

  Outcome<> move_cursors(Way& way) {
    TabFleet fleet(stage_.poller(), way.node->port());
    if (auto entered = enter(fleet, way); !entered) return entered;
    std::size_t heard = 0;
    fleet.on_signal([&](std::string_view signal) {
      ++heard;
      note_latency(signal, way.latency_ms);
    });
    const auto metrics_before = read_metrics(stage_.poller(), way.metrics_port);
    if (!metrics_before) return std::unexpected(metrics_before.error());
    const double cpu_before = way.node->cpu_us();
    const double own_before = own_cpu_seconds();
    const auto [reads_before, bytes_before] = traffic(fleet);
    heard = 0;
    const auto began = Clock::now();
    const std::size_t sent = signal_all(fleet);
    const double seconds = milliseconds(Clock::now() - began) / 1000;
    const auto [reads, bytes] = traffic(fleet);
    way.cores.add((way.node->cpu_us() - cpu_before) / 1e6 / seconds);
    way.own_cores.add((own_cpu_seconds() - own_before) / seconds);
    way.sent_per_s.add(static_cast<double>(sent) / seconds);
    way.deliveries_per_s.add(static_cast<double>(heard) / seconds);
    way.reads_per_s.add(static_cast<double>(reads - reads_before) / seconds);
    way.megabytes_per_s.add(static_cast<double>(bytes - bytes_before) / 1e6 / seconds);
    const auto metrics = read_metrics(stage_.poller(), way.metrics_port);
    if (!metrics) return std::unexpected(metrics.error());
    const auto grown = [&](const char* name) {
      const auto before = metrics_before->find(name);
      const auto now = metrics->find(name);
      return before == metrics_before->end() || now == metrics->end() ? 0.0 : now->second - before->second;
    };
    way.writes_per_s.add(grown("orbit_websocket_writes_total") / seconds);
    way.runs_per_s.add(grown("orbit_rooms_signal_runs_total") / seconds);
    if (fleet.lost() > 0) return failure(std::to_string(fleet.lost()) + " tabs were lost");
    if (heard == 0) return failure("no signal was heard");
    return {};
  }

  // Everybody is in, and has heard of all others.
  Outcome<> enter(TabFleet& fleet, const Way& way) {
    const World world = stage_.world().at(way.node->port());
    std::vector<TabPlan> plans;
    for (std::size_t i = 0; i < way.people; ++i) plans.push_back(world.tab(i, std::nullopt));
    if (auto opened = fleet.open(std::move(plans), {.at_once = 20, .keep_open = true}); !opened) {
      return std::unexpected(opened.error());
    }
    for (const auto& tab : fleet.tabs()) tab->say(R"({"type":"room.join","room":")" + std::string(room) + "\"}");
    stage_.rest(std::chrono::milliseconds(500));
    return {};
  }

  // An open loop: what falls due while the node keeps us waiting is sent late, and counts from when it was due.
  std::size_t signal_all(const TabFleet& fleet) {
    const auto tabs = fleet.tabs();
    const double per_second = static_cast<double>(options_.rate * tabs.size());
    const auto count = static_cast<std::size_t>(per_second * options_.seconds);
    const auto began = Clock::now();
    for (std::size_t i = 0; i < count; ++i) {
      const auto due = began + std::chrono::duration_cast<Clock::duration>(
                                   std::chrono::duration<double>(static_cast<double>(i) / per_second));
      while (Clock::now() < due) stage_.poller().turn(due - Clock::now());
      if (i % 64 == 63) stage_.poller().turn(Clock::duration::zero());
      tabs[i % tabs.size()]->say(signal_sent_at(micros_since(epoch_) - milliseconds(Clock::now() - due) * 1000));
    }
    stage_.rest(std::chrono::milliseconds(100));
    return count;
  }

  static std::string signal_sent_at(double micros) {
    return R"({"type":"room.signal","room":")" + std::string(room) +
           R"(","kind":"cursor","payload":{"x":0.25,"y":0.5,)" + std::string(sent_key) +
           std::to_string(static_cast<std::uint64_t>(micros)) + "}}";
  }

  void note_latency(std::string_view signal, Samples& latency_ms) const {
    const auto at = signal.rfind(sent_key);
    std::uint64_t sent = 0;
    if (at == std::string_view::npos) return;
    const std::string_view digits = signal.substr(at + sent_key.size());
    if (std::from_chars(digits.data(), digits.data() + digits.size(), sent).ec != std::errc{}) return;
    latency_ms.add((micros_since(epoch_) - static_cast<double>(sent)) / 1000);
  }

  static std::pair<std::size_t, std::uint64_t> traffic(const TabFleet& fleet) {
    std::pair<std::size_t, std::uint64_t> sum;
    for (const auto& tab : fleet.tabs()) {
      sum.first += tab->story().reads;
      sum.second += tab->story().bytes;
    }
    return sum;
  }

  Section section() const {
    Table table({"tick", "in the room", "signals/s", "deliveries/s", "writes/s", "runs/s", "reads/s", "node, cores",
                 "tabs, cores", "MB/s", "p50 ms", "p99 ms", "worst ms"});
    Json ways_json = Json::array();
    for (const Way& way : ways_) {
      table.add({way.tick == "0s" ? "none: each at once" : way.tick, number(static_cast<double>(way.people)),
                 number(way.sent_per_s.median()), number(way.deliveries_per_s.median()),
                 number(way.writes_per_s.median()), number(way.runs_per_s.median()), number(way.reads_per_s.median()),
                 number(way.cores.median(), 2), number(way.own_cores.median(), 2),
                 number(way.megabytes_per_s.median(), 1), number(way.latency_ms.percentile(50), 1),
                 number(way.latency_ms.percentile(99), 1), number(way.latency_ms.most(), 1)});
      Json entry = Json::object();
      entry.set("tick", way.tick).set("people", static_cast<double>(way.people));
      entry.set("signals_per_s", Json::of(way.sent_per_s)).set("deliveries_per_s", Json::of(way.deliveries_per_s));
      entry.set("writes_per_s", Json::of(way.writes_per_s)).set("runs_per_s", Json::of(way.runs_per_s));
      entry.set("reads_per_s", Json::of(way.reads_per_s)).set("node_cores", Json::of(way.cores));
      entry.set("own_cores", Json::of(way.own_cores)).set("mb_per_s", Json::of(way.megabytes_per_s));
      entry.set("latency_ms", Json::percentiles(way.latency_ms));
      ways_json.push(std::move(entry));
    }
    Json json = Json::object();
    json.set("rate", static_cast<double>(options_.rate)).set("seconds", options_.seconds);
    json.set("rounds", static_cast<double>(options_.rounds)).set("ways", std::move(ways_json));
    return {"signals",
            "Cursors in one room, each moved " + number(static_cast<double>(options_.rate)) + " times a second",
            {number(options_.seconds, 1) + " s each, " + number(static_cast<double>(options_.rounds)) +
                 " rounds in turns; medians of the rounds, latency of all deliveries, from when a signal was due to be "
                 "sent until its frame was read.",
             "Writes: send calls of the node, as it counts them; runs: of signals, one for each tab in a tick. Reads: "
             "recv calls that brought something to the tabs."},
            std::move(table),
            std::move(json)};
  }

  Stage& stage_;
  const SignalsOptions& options_;
  const TimePoint epoch_ = Clock::now();
  std::vector<std::unique_ptr<NodeProcess>> nodes_;
  std::deque<Way> ways_;
};

}  // namespace

CLI::App* add_signals(CLI::App& app, SignalsOptions& options) {
  CLI::App* sub = app.add_subcommand("signals", "Everybody in one room moves a cursor, many times a second");
  sub->add_option("--people", options.people, "In the room, each with a tab; at most --members; several")
      ->check(CLI::Range(2, 9'000))
      ->capture_default_str();
  sub->add_option("--rate", options.rate, "Signals a second, of each")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  sub->add_option("--seconds", options.seconds, "Of each round")->check(CLI::PositiveNumber)->capture_default_str();
  sub->add_option("--ticks", options.ticks, "The node's --signal-tick; several; 0s: each signal at once")
      ->capture_default_str();
  sub->add_option("--rounds", options.rounds, "Rounds")->capture_default_str();
  return sub;
}

Outcome<Section> measure_signals(Stage& stage, const SignalsOptions& options) {
  if (std::ranges::max(options.people) > stage.world().people()) {
    return failure("--people must be no more than --members");
  }
  return SignalsBench(stage, options).go();
}

}  // namespace orbit::bench
