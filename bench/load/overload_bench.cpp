#include "load/overload_bench.hpp"

#include <CLI/CLI.hpp>
#include <charconv>

#include "load/loopback.hpp"
#include "load/node_metrics.hpp"
#include "load/paced_commands.hpp"
#include "load/tab_fleet.hpp"

namespace orbit::bench {

namespace {

constexpr std::string_view sent_key = R"("t":)";
constexpr double signals_per_second = 10;

struct Way {
  double times = 0;
  double rate = 0;
  std::size_t asked = 0;
  double accepted_per_s = 0;
  Samples accepted_ms = {};
  Samples refused_ms = {};
  Samples delivery_ms = {};
  double waited_ms = 0;  // in the node's queue, in the mean, of those that were begun
};

class OverloadBench {
 public:
  OverloadBench(Stage& stage, const OverloadOptions& options)
      : stage_(stage), options_(options), fleet_(stage.poller(), stage.node().port()) {}

  Outcome<Section> go() {
    const auto metrics_port = free_port();
    if (!metrics_port) return std::unexpected(metrics_port.error());
    metrics_port_ = *metrics_port;
    const std::vector<std::string> flags{"--metrics-listen",     "127.0.0.1:" + std::to_string(metrics_port_),
                                         "--worker-threads",     std::to_string(options_.workers),
                                         "--max-queue-wait",     options_.max_wait,
                                         "--sockets-per-member", "1000"};
    if (auto started = stage_.restart(flags); !started) return std::unexpected(started.error());
    if (auto entered = enter(); !entered) return std::unexpected(entered.error());
    if (auto measured = measure_capacity(); !measured) return std::unexpected(measured.error());
    signal_on();
    for (const double times : options_.times) {
      say("Overload: " + number(times, 1) + " × " + number(capacity_) + " commands a second");
      if (auto done = pace(times); !done) return std::unexpected(done.error());
    }
    signalling_.reset();
    return section();
  }

 private:
  Outcome<> enter() {
    std::vector<TabPlan> plans;
    for (std::size_t i = 0; i < options_.tabs; ++i) {
      plans.push_back(stage_.world().tab(i % std::min<std::size_t>(stage_.world().people(), 8), std::nullopt));
    }
    if (auto opened = fleet_.open(std::move(plans), {.at_once = 20, .keep_open = true}); !opened) {
      return std::unexpected(opened.error());
    }
    for (const auto& tab : fleet_.tabs()) tab->say(R"({"type":"room.join","room":"workspace"})");
    fleet_.on_signal([this](std::string_view signal) {
      const auto at = signal.find(sent_key);
      double sent = 0;
      if (at == std::string_view::npos || ways_.empty()) return;
      const char* digits = signal.data() + at + sent_key.size();
      if (std::from_chars(digits, signal.data() + signal.size(), sent).ec != std::errc{}) return;
      ways_.back().delivery_ms.add(milliseconds(Clock::now() - epoch_) - sent);
    });
    stage_.rest(std::chrono::milliseconds(500));
    return {};
  }

  // What comes back at once from 32 connections that ask again and again.
  Outcome<> measure_capacity() {
    for (const std::size_t count : {200UL, 3'000UL}) {
      PacedCommands commands(stage_.poller(), {.port = stage_.node().port(),
                                               .connections = 32,
                                               .per_second = 1e9,
                                               .count = count,
                                               .request = [this] { return stage_.world().next_command(); },
                                               .may_be_refused = true});
      const auto began = Clock::now();
      commands.start();
      stage_.poller().turn_until([&] { return commands.done(); }, began + std::chrono::seconds(60));
      if (commands.failure()) return std::unexpected(*commands.failure());
      if (!commands.done()) return failure("the node takes no commands");
      capacity_ = static_cast<double>(commands.answer_ms().size()) / (milliseconds(Clock::now() - began) / 1000);
    }
    return {};
  }

  // One tab to all others, for as long as it is wanted.
  void signal_on() {
    signalling_ = std::make_shared<bool>(true);
    tell();
  }
  void tell() {
    fleet_.tabs().front()->say(R"({"type":"room.signal","room":"workspace","kind":"reaction","payload":{)" +
                               std::string(sent_key) + std::to_string(milliseconds(Clock::now() - epoch_)) + "}}");
    stage_.poller().after(
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / signals_per_second)),
        [this, wanted = std::weak_ptr(signalling_)] {
          if (!wanted.expired()) tell();
        });
  }

  Outcome<> pace(double times) {
    stage_.rest(std::chrono::seconds(1));
    const double rate = capacity_ * times;
    const auto count = std::max<std::size_t>(static_cast<std::size_t>(rate * options_.seconds), 1);
    Way& way = ways_.emplace_back(Way{.times = times, .rate = rate, .asked = count});
    PacedCommands commands(stage_.poller(), {.port = stage_.node().port(),
                                             .connections = options_.connections,
                                             .per_second = rate,
                                             .count = count,
                                             .request = [this] { return stage_.world().next_command(); },
                                             .may_be_refused = true});
    const auto before = read_metrics(stage_.poller(), metrics_port_);
    if (!before) return std::unexpected(before.error());
    const auto began = Clock::now();
    commands.start();
    const auto patience = std::chrono::seconds(60) + std::chrono::seconds(static_cast<long>(4 * options_.seconds));
    stage_.poller().turn_until([&] { return commands.done() || fleet_.lost() > 0; }, began + patience);
    if (commands.failure()) return std::unexpected(*commands.failure());
    if (fleet_.lost() > 0) return failure(std::to_string(fleet_.lost()) + " tabs were lost");
    if (!commands.done()) return failure("not every command was answered in time");
    const auto after = read_metrics(stage_.poller(), metrics_port_);
    if (!after) return std::unexpected(after.error());
    const auto grown = [&](const char* name) { return after->at(name) - before->at(name); };
    way.waited_ms =
        grown("orbit_workers_wait_seconds_sum") * 1000 / std::max(grown("orbit_workers_wait_seconds_count"), 1.0);
    way.accepted_ms = commands.answer_ms();
    way.refused_ms = commands.refusal_ms();
    way.accepted_per_s = static_cast<double>(way.accepted_ms.size()) / (milliseconds(Clock::now() - began) / 1000);
    return {};
  }

  Section section() const {
    Table table({"of capacity", "asked a second", "accepted a second", "refused", "waited ms", "accepted p50 ms",
                 "p99 ms", "most ms", "refused p50 ms", "p99 ms", "delivery p50 ms", "p99 ms"});
    Json ways_json = Json::array();
    for (const Way& way : ways_) {
      const double refused = static_cast<double>(way.refused_ms.size()) / static_cast<double>(way.asked);
      table.add({number(way.times, 1) + " ×", number(way.rate), number(way.accepted_per_s),
                 number(refused * 100) + " %", number(way.waited_ms, 1), number(way.accepted_ms.percentile(50), 1),
                 number(way.accepted_ms.percentile(99), 1), number(way.accepted_ms.most(), 1),
                 number(way.refused_ms.percentile(50), 1), number(way.refused_ms.percentile(99), 1),
                 number(way.delivery_ms.percentile(50), 1), number(way.delivery_ms.percentile(99), 1)});
      Json entry = Json::object();
      entry.set("times", way.times).set("asked_per_s", way.rate).set("accepted_per_s", way.accepted_per_s);
      entry.set("waited_ms", way.waited_ms)
          .set("refused_share", refused)
          .set("accepted_ms", Json::percentiles(way.accepted_ms));
      entry.set("refused_ms", Json::percentiles(way.refused_ms)).set("delivery_ms", Json::percentiles(way.delivery_ms));
      ways_json.push(std::move(entry));
    }
    Json json = Json::object();
    json.set("capacity", capacity_).set("tabs", static_cast<double>(options_.tabs));
    json.set("workers", static_cast<double>(options_.workers)).set("ways", std::move(ways_json));
    return {
        "overload",
        "Commands beyond what the node keeps up with",
        {"Capacity: " + number(capacity_) + " commands a second, by 32 connections that ask again and again; " +
             number(static_cast<double>(options_.workers)) + " workers, --max-queue-wait " + options_.max_wait + ".",
         "Commands fall due at an even pace for " + number(options_.seconds) +
             " s, whether the node keeps up or not; times count from then; waited is what those that were begun did in "
             "the queue, in the mean, by the node's own count. Deliveries are of " +
             number(signals_per_second) + " signals a second from one tab to " +
             number(static_cast<double>(options_.tabs)) + " tabs, meanwhile."},
        std::move(table),
        std::move(json)};
  }

  Stage& stage_;
  const OverloadOptions& options_;
  TabFleet fleet_;
  const TimePoint epoch_ = Clock::now();
  double capacity_ = 0;
  unsigned short metrics_port_ = 0;
  std::shared_ptr<bool> signalling_;
  std::vector<Way> ways_;
};

}  // namespace

CLI::App* add_overload(CLI::App& app, OverloadOptions& options) {
  CLI::App* sub = app.add_subcommand("overload", "Commands beyond what the node keeps up with");
  sub->add_option("--times", options.times, "Paces, as multiples of the measured capacity; several")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--seconds", options.seconds, "For each pace")->check(CLI::PositiveNumber)->capture_default_str();
  sub->add_option("--tabs", options.tabs, "Tabs that hear of signals meanwhile")
      ->check(CLI::Range(2, 10'000))
      ->capture_default_str();
  sub->add_option("--workers", options.workers, "The node's --worker-threads")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--connections", options.connections, "HTTP connections at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  sub->add_option("--max-queue-wait", options.max_wait, "The node's")->capture_default_str();
  return sub;
}

Outcome<Section> measure_overload(Stage& stage, const OverloadOptions& options) {
  auto section = OverloadBench(stage, options).go();
  if (auto back = stage.restart(); !back) return std::unexpected(back.error());
  return section;
}

}  // namespace orbit::bench
