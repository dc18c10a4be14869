#include "load/storm_bench.hpp"

#include <algorithm>

#include "load/machine_load.hpp"
#include "load/tab_fleet.hpp"

namespace orbit::bench {

namespace {

// One value for each round.
struct Way {
  std::string name;
  std::string key;
  bool hydrate = false;
  Samples down_ms = {};  // from the kill to the "listening" line
  Samples half_ms = {};  // from then on
  Samples most_ms = {};  // 99 of 100 tabs
  Samples last_ms = {};
  Samples cpu_s = {};
  Samples own_cpu_s = {};  // of this program
  Samples peak_mb = {};
  Samples resumed = {};
  Samples resynced = {};
  Samples refusals = {};
  Samples megabytes = {};
};

class StormBench {
 public:
  StormBench(Stage& stage, const StormOptions& options)
      : stage_(stage), options_(options), fleet_(stage.poller(), stage.node().port()) {
    ways_.push_back({"resume", "resume", false});
    if (options.hydrate_too) ways_.push_back({"hydrate anew", "hydrate", true});
  }

  Outcome<Section> go() {
    if (auto made = make_places(); !made) return std::unexpected(made.error());
    if (auto opened = fleet_.open(plans(false), {.at_once = 200, .keep_open = true}); !opened) {
      return std::unexpected(opened.error());
    }
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      for (Way& way : ways_) {
        say("Storm: round " + std::to_string(round + 1) + " of " + std::to_string(options_.rounds) + ", " + way.name);
        if (auto done = strike(way); !done) return std::unexpected(done.error());
      }
    }
    return section();
  }

 private:
  // A workspace that the tabs are on, and the end of its stream.
  struct Place {
    World* world;
    Cursor head = {};
  };

  Outcome<> make_places() {
    auto worlds = stage_.places(options_.workspaces, options_.branch_members);
    if (!worlds) return std::unexpected(worlds.error());
    for (World* world : *worlds) places_.push_back({world});
    for (Place& place : places_) {
      if (auto made = place.world->make_events(stage_.poller(), std::max(options_.missed, options_.history), 0);
          !made) {
        return made;
      }
      auto head = place.world->head(stage_.poller());
      if (!head) return std::unexpected(head.error());
      place.head = *std::move(head);
    }
    return {};
  }

  [[nodiscard]] std::size_t people() const { return places_.size() > 1 ? options_.branch_members : options_.people; }

  [[nodiscard]] std::vector<TabPlan> plans(bool hydrate) const {
    std::vector<TabPlan> plans;
    for (std::size_t i = 0; i < options_.tabs; ++i) {
      const auto& [world, head] = places_[i % places_.size()];
      std::optional<Cursor> cursor;
      if (!hydrate) cursor = Cursor{head.epoch, head.seq - options_.missed};
      plans.push_back(world->tab(i / places_.size() % people(), cursor, hydrate));
      plans.back().head = head.seq;
    }
    return plans;
  }

  Outcome<> strike(Way& way) {
    std::vector<TabPlan> coming = plans(way.hydrate);
    if (fleet_.lost() > 0) return failure(std::to_string(fleet_.lost()) + " tabs were lost before the storm");
    const auto killed = Clock::now();
    stage_.node().kill();
    fleet_.close();
    if (auto started = stage_.node().start(); !started) return started;
    const auto since = stage_.node().listening_since();
    const double before = stage_.node().cpu_us();
    const double own_before = own_cpu_seconds();
    auto opened = fleet_.open(std::move(coming), {.at_once = options_.tabs, .keep_open = true, .since = since});
    if (!opened) return std::unexpected(opened.error());
    way.cpu_s.add((stage_.node().cpu_us() - before) / 1e6);
    way.own_cpu_s.add(own_cpu_seconds() - own_before);
    way.down_ms.add(milliseconds(since - killed));
    way.half_ms.add(opened->live_after_ms.percentile(50));
    way.most_ms.add(opened->live_after_ms.percentile(99));
    way.last_ms.add(opened->live_after_ms.most());
    way.peak_mb.add(stage_.node().peak_memory_mb());
    way.resumed.add(static_cast<double>(opened->resumed));
    way.resynced.add(static_cast<double>(opened->resynced));
    way.refusals.add(static_cast<double>(opened->refusals));
    way.megabytes.add(static_cast<double>(opened->bytes) / 1e6);
    stage_.rest(std::chrono::milliseconds(500));
    return {};
  }

  Section section() const {
    Table table({"all tabs at once", "half live ms", "99 % ms", "last ms", "worst ms", "CPU s", "µs a tab", "sent MB",
                 "resumed", "resync", "refused", "peak MB"});
    Json ways_json = Json::array();
    for (const Way& way : ways_) {
      table.add({way.name, number(way.half_ms.median()), number(way.most_ms.median()), number(way.last_ms.median()),
                 number(way.last_ms.most()), number(way.cpu_s.median(), 2),
                 number(way.cpu_s.median() * 1e6 / static_cast<double>(options_.tabs)), number(way.megabytes.median()),
                 number(way.resumed.least()), number(way.resynced.most()), number(way.refusals.median()),
                 number(way.peak_mb.median())});
      Json entry = Json::object();
      entry.set("way", way.key).set("down_ms", Json::of(way.down_ms)).set("half_ms", Json::of(way.half_ms));
      entry.set("p99_ms", Json::of(way.most_ms)).set("last_ms", Json::of(way.last_ms));
      entry.set("cpu_s", Json::of(way.cpu_s))
          .set("own_cpu_s", Json::of(way.own_cpu_s))
          .set("sent_mb", Json::of(way.megabytes));
      entry.set("resumed", Json::of(way.resumed))
          .set("resynced", Json::of(way.resynced))
          .set("refusals", Json::of(way.refusals));
      entry.set("peak_mb", Json::of(way.peak_mb));
      ways_json.push(std::move(entry));
    }
    Json json = Json::object();
    json.set("tabs", static_cast<double>(options_.tabs)).set("people", static_cast<double>(people()));
    json.set("workspaces", static_cast<double>(places_.size())).set("history", static_cast<double>(options_.history));
    json.set("missed", static_cast<double>(options_.missed)).set("rounds", static_cast<double>(options_.rounds));
    json.set("ways", std::move(ways_json));
    const bool many = places_.size() > 1;
    const auto per_person =
        static_cast<double>(options_.tabs) / static_cast<double>(people()) / static_cast<double>(places_.size());
    const std::string where =
        many ? number(static_cast<double>(places_.size())) + " workspaces of " +
                   number(static_cast<double>(options_.branch_members)) + " members, each with "
             : "One workspace of " + number(static_cast<double>(stage_.options().shape.members)) + " members, ";
    return {many ? "storm_in_many_workspaces" : "storm",
            "The storm: " + number(static_cast<double>(options_.tabs)) + " tabs come back at once after kill -9",
            {where + number(static_cast<double>(people())) + " people with " + number(per_person, 1) +
                 " tabs; each tab missed " + number(static_cast<double>(options_.missed)) + " events; " +
                 number(static_cast<double>(options_.rounds)) + " rounds in turns.",
             "Times are from the node's \"listening\" line, medians of the rounds, worst is the slowest round's last "
             "tab; the "
             "node was down for " +
                 number(ways_.front().down_ms.median()) + " ms.",
             "On the same machine this program took " + number(ways_.front().own_cpu_s.median(), 2) +
                 " s of CPU to be those tabs.",
             "Refused: handshakes and snapshots that were answered 503 or not at all, and tried again as @orbit/client "
             "does."},
            std::move(table),
            std::move(json)};
  }

  Stage& stage_;
  const StormOptions& options_;
  TabFleet fleet_;
  std::vector<Place> places_;
  std::vector<Way> ways_;
};

}  // namespace

Outcome<Section> measure_storm(Stage& stage, const StormOptions& options) {
  if (std::max(options.people, options.branch_members + 1) > stage.world().people()) {
    return failure("--people must be no more than --members, --branch-members less");
  }
  return StormBench(stage, options).go();
}

}  // namespace orbit::bench
