#include "load/presence_bench.hpp"

#include <algorithm>

#include "load/machine_load.hpp"
#include "load/tab_fleet.hpp"

namespace orbit::bench {

namespace {

constexpr std::size_t no_limit = 1'000'000;

// One value for each round.
struct Way {
  std::string name;
  std::string key;
  std::size_t tabs = 0;
  std::size_t people = 0;
  std::vector<std::string> flags = {};
  Samples cpu_s = {};
  Samples own_cpu_s = {};  // of this program
  Samples megabytes = {};
  Samples frames = {};
  Samples counting = {};  // tabs that were told how many
  Samples last_ms = {};   // from the first attempt of the first tab until the last was live
  Samples quiet_ms = {};  // and until nothing more was sent
  Samples peak_mb = {};
};

class PresenceBench {
 public:
  PresenceBench(Stage& stage, const PresenceOptions& options) : stage_(stage), options_(options) {
    const std::string all = std::to_string(no_limit);
    for (const std::size_t size : options.sizes) {
      const std::size_t few = (size + 49) / 50;
      ways_.push_back({"as many tabs of few people", "few_people", size, few, {"--presence-roster-limit", all}});
      if (size <= options.naive_most) {
        ways_.push_back({"each told of each at once",
                         "naive",
                         size,
                         size,
                         {"--presence-roster-limit", all, "--presence-tick", "0s"}});
        ways_.push_back({"on the tick", "tick", size, size, {"--presence-roster-limit", all}});
      }
      ways_.push_back({"on the tick, above the limit how many",
                       "count",
                       size,
                       size,
                       {"--presence-roster-limit", std::to_string(options.roster_limit)}});
    }
  }

  Outcome<Section> go() {
    const auto head = stage_.world().head(stage_.poller());
    if (!head) return std::unexpected(head.error());
    head_ = *head;
    stage_.node().stop();
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      for (Way& way : ways_) {
        say("Presence: round " + std::to_string(round + 1) + " of " + std::to_string(options_.rounds) + ", " +
            std::to_string(way.tabs) + " tabs, " + way.name);
        if (auto done = storm(way); !done) return std::unexpected(done.error());
      }
    }
    if (auto started = stage_.node().start(); !started) return std::unexpected(started.error());
    return section();
  }

 private:
  [[nodiscard]] std::vector<TabPlan> plans(const Way& way, unsigned short port) const {
    const World world = stage_.world().at(port);
    std::vector<TabPlan> plans;
    for (std::size_t i = 0; i < way.tabs; ++i) {
      plans.push_back(world.tab(i % way.people, head_));
      plans.back().head = head_.seq;
    }
    return plans;
  }

  Outcome<> storm(Way& way) {
    std::vector<std::string> flags = way.flags;
    flags.insert(flags.end(), {"--heartbeat", "1h"});  // so that silence is silence
    NodeProcess node(stage_.node_with(flags));
    if (auto started = node.start(); !started) return started;
    TabFleet fleet(stage_.poller(), node.port());
    const double before = node.cpu_us();
    const double own_before = own_cpu_seconds();
    const auto began = Clock::now();
    const auto opened = fleet.open(plans(way, node.port()), {.at_once = way.tabs,
                                                             .keep_open = true,
                                                             .over = std::chrono::milliseconds(options_.within_ms),
                                                             .patience = std::chrono::seconds(180)});
    if (!opened) return std::unexpected(opened.error());
    const auto totals = rest_until_quiet(fleet);
    if (!totals) return std::unexpected(totals.error());
    way.cpu_s.add((node.cpu_us() - before) / 1e6);
    way.own_cpu_s.add(own_cpu_seconds() - own_before);
    way.megabytes.add(static_cast<double>(totals->bytes) / 1e6);
    way.frames.add(static_cast<double>(totals->frames));
    way.counting.add(static_cast<double>(totals->counting));
    way.last_ms.add(opened->live_after_ms.most());
    way.quiet_ms.add(milliseconds(quiet_since_ - began));
    way.peak_mb.add(node.peak_memory_mb());
    return check(way, *totals, fleet);
  }

  // Half a second without a byte is longer than a tick.
  Outcome<FleetTotals> rest_until_quiet(const TabFleet& fleet) {
    const auto deadline = Clock::now() + std::chrono::seconds(120);
    FleetTotals totals = fleet.totals();
    while (Clock::now() < deadline) {
      quiet_since_ = Clock::now();
      stage_.rest(std::chrono::milliseconds(500));
      const FleetTotals now = fleet.totals();
      if (now.bytes == totals.bytes) return now;
      totals = now;
    }
    return failure("the node doesn't come to rest");
  }

  Outcome<> check(const Way& way, const FleetTotals& totals, const TabFleet& fleet) const {
    if (fleet.lost() > 0) return failure(std::to_string(fleet.lost()) + " tabs were lost in the storm");
    const bool is_large = way.key == "count" && way.people > options_.roster_limit;
    const std::size_t expected = is_large ? way.tabs : 0;
    if (totals.counting != expected) {
      return failure(std::to_string(totals.counting) + " tabs were told how many are online, instead of " +
                     std::to_string(expected));
    }
    if (is_large && (totals.least_counted != way.people || totals.most_counted != way.people)) {
      return failure("tabs were told that " + std::to_string(*totals.least_counted) + " to " +
                     std::to_string(*totals.most_counted) + " are online, instead of " + std::to_string(way.people));
    }
    return {};
  }

  Section section() const {
    Table table({"members come back", "tabs", "people", "sent MB", "kB a tab", "frames a tab", "CPU s", "µs a tab",
                 "last live ms", "peak MB"});
    Json ways_json = Json::array();
    for (const Way& way : ways_) {
      const auto tabs = static_cast<double>(way.tabs);
      table.add({way.name, number(tabs), number(static_cast<double>(way.people)), number(way.megabytes.median(), 1),
                 number(way.megabytes.median() * 1e3 / tabs, 1), number(way.frames.median() / tabs, 1),
                 number(way.cpu_s.median(), 2), number(way.cpu_s.median() * 1e6 / tabs), number(way.last_ms.median()),
                 number(way.peak_mb.median())});
      Json entry = Json::object();
      entry.set("way", way.key).set("tabs", tabs).set("people", static_cast<double>(way.people));
      entry.set("sent_mb", Json::of(way.megabytes)).set("frames", Json::of(way.frames));
      entry.set("cpu_s", Json::of(way.cpu_s)).set("own_cpu_s", Json::of(way.own_cpu_s));
      entry.set("last_ms", Json::of(way.last_ms)).set("quiet_ms", Json::of(way.quiet_ms));
      entry.set("counting_tabs", Json::of(way.counting)).set("peak_mb", Json::of(way.peak_mb));
      ways_json.push(std::move(entry));
    }
    Json json = Json::object();
    json.set("within_ms", static_cast<double>(options_.within_ms)).set("rounds", static_cast<double>(options_.rounds));
    json.set("roster_limit", static_cast<double>(options_.roster_limit)).set("ways", std::move(ways_json));
    return {"presence",
            "Presence: the members of one workspace come back within " +
                number(static_cast<double>(options_.within_ms) / 1e3, 1) + " s",
            {"One tab each, with the cursor at the stream's end, to a node that was just started; " +
                 number(static_cast<double>(options_.rounds)) + " rounds in turns, medians.",
             "Sent and CPU: from the first attempt until nothing more came for half a second. The few people have 50 "
             "tabs each: what the connections alone cost.",
             "Above the limit of " + number(static_cast<double>(options_.roster_limit)) +
                 " a tab is told how many are online; that each was told the right number at last was checked."},
            std::move(table),
            std::move(json)};
  }

  Stage& stage_;
  const PresenceOptions& options_;
  Cursor head_;
  TimePoint quiet_since_;
  std::vector<Way> ways_;
};

}  // namespace

Outcome<Section> measure_presence(Stage& stage, const PresenceOptions& options) {
  if (std::ranges::max(options.sizes) > stage.world().people()) {
    return failure("--sizes must be no more than --members");
  }
  return PresenceBench(stage, options).go();
}

}  // namespace orbit::bench
