#include "load/resume_bench.hpp"

#include <algorithm>

#include "load/tab_fleet.hpp"

namespace orbit::bench {

namespace {

// One kind of opening a tab, and what was measured of it: a value for each round, but for live_ms, of which there is
// one for each tab.
struct Way {
  std::string name;
  std::string key;
  std::size_t missed = 0;
  Samples cpu_us = {};
  Samples hydrate_ratio = {};
  Samples live_ms = {};
  Samples frames = {};
  Samples kilobytes = {};
};

struct Measured {
  double cpu_us = 0;  // of all tabs
  FleetResult fleet;
};

class ResumeBench {
 public:
  ResumeBench(Stage& stage, const ResumeOptions& options)
      : stage_(stage), options_(options), online_(stage.poller(), stage.node().port()) {
    for (const std::size_t missed : options.missed) {
      memory_.push_back({"resume from memory", "memory", missed});
      shared_.push_back({"resume from the log, shared", "log_shared", missed});
      first_.push_back({"resume from the log, first tab", "log_first", missed});
    }
  }

  Outcome<Section> go() {
    const std::size_t most = std::max(options_.beyond_memory, std::ranges::max(options_.missed));
    if (auto made = stage_.world().make_events(stage_.poller(), most, options_.online); !made) {
      return std::unexpected(made.error());
    }
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      say("Resume: round " + std::to_string(round + 1) + " of " + std::to_string(options_.rounds));
      if (auto done = from_log(); !done) return std::unexpected(done.error());
      if (auto done = from_memory(round); !done) return std::unexpected(done.error());
    }
    return section();
  }

 private:
  // Everyone who is going to open tabs has one already, with all that happened until now.
  Outcome<> restart() {
    online_.close();
    if (auto started = stage_.node().restart(); !started) return started;
    std::vector<TabPlan> plans;
    for (std::size_t i = 0; i < options_.online; ++i) plans.push_back(stage_.world().tab(i, std::nullopt));
    const auto opened = online_.open(std::move(plans), {.at_once = 1, .keep_open = true});
    if (!opened) return std::unexpected(opened.error());
    return rest_and_find_head();
  }

  Outcome<> rest_and_find_head() {
    auto head = stage_.world().head(stage_.poller());
    if (!head) return std::unexpected(head.error());
    head_ = *std::move(head);
    stage_.rest(std::chrono::milliseconds(100));
    return {};
  }

  Outcome<> from_log() {
    for (std::size_t i = 0; i < options_.missed.size(); ++i) {
      if (auto done = restart(); !done) return done;
      const auto first = open_tabs(1, behind(options_.missed[i]), false);
      if (!first) return std::unexpected(first.error());
      note(first_[i], *first, 1);
      auto others = open_tabs(options_.tabs - 1, behind(options_.missed[i]), false);
      if (!others) return std::unexpected(others.error());
      others->cpu_us += first->cpu_us;
      others->fleet.bytes += first->fleet.bytes;
      others->fleet.durable_frames += first->fleet.durable_frames;
      note(shared_[i], *others, options_.tabs);
    }
    return {};
  }

  Outcome<> from_memory(std::size_t round) {
    const std::size_t most = std::ranges::max(options_.missed);
    if (auto made = stage_.world().make_events(stage_.poller(), most, options_.online); !made) return made;
    if (auto done = rest_and_find_head(); !done) return done;
    // Each round begins with another of them; the one beyond memory is last, since it puts more into memory.
    std::vector<Way*> turns{&open_, &hydrate_};
    for (Way& way : memory_) turns.push_back(&way);
    std::ranges::rotate(turns, turns.begin() + static_cast<std::ptrdiff_t>(round % turns.size()));
    for (Way* way : turns) {
      const bool hydrates = way == &hydrate_;
      const auto cursor = hydrates ? std::nullopt : std::optional(behind(way->missed));
      if (auto done = take(*way, cursor, hydrates); !done) return done;
    }
    if (options_.beyond_memory > 0) {
      if (auto done = take(beyond_, behind(options_.beyond_memory), false); !done) return done;
    }
    const double hydrating = hydrate_.cpu_us.values().back();
    for (Way* way : ways()) way->hydrate_ratio.add(hydrating / way->cpu_us.values().back());
    return {};
  }

  Outcome<> take(Way& way, const std::optional<Cursor>& cursor, bool hydrate) {
    const auto measured = open_tabs(options_.tabs, cursor, hydrate);
    if (!measured) return std::unexpected(measured.error());
    note(way, *measured, options_.tabs);
    return {};
  }

  Outcome<Measured> open_tabs(std::size_t count, const std::optional<Cursor>& cursor, bool hydrate) {
    std::vector<TabPlan> plans;
    for (std::size_t i = 0; i < count; ++i) {
      plans.push_back(stage_.world().tab(i % options_.online, cursor, hydrate));
      plans.back().head = head_.seq;
    }
    TabFleet fleet(stage_.poller(), stage_.node().port());
    const double before = stage_.node().cpu_us();
    auto opened = fleet.open(std::move(plans), {.at_once = options_.at_once});
    if (!opened) return std::unexpected(opened.error());
    stage_.rest(std::chrono::milliseconds(50));
    if (cursor) unresumed_ += count - opened->resumed;
    resynced_ += opened->resynced;
    refused_ += opened->refusals;
    return Measured{stage_.node().cpu_us() - before, *std::move(opened)};
  }

  static void note(Way& way, const Measured& measured, std::size_t tabs) {
    const auto count = static_cast<double>(tabs);
    way.cpu_us.add(measured.cpu_us / count);
    way.live_ms.add(measured.fleet.live_ms);
    way.frames.add(static_cast<double>(measured.fleet.durable_frames) / count);
    way.kilobytes.add(static_cast<double>(measured.fleet.bytes) / 1024 / count);
  }

  [[nodiscard]] Cursor behind(std::size_t missed) const { return {head_.epoch, head_.seq - missed}; }

  std::vector<Way*> ways() {
    std::vector<Way*> all{&open_};
    for (auto* group : {&memory_, &shared_, &first_}) {
      for (Way& way : *group) all.push_back(&way);
    }
    if (options_.beyond_memory > 0) {
      beyond_.missed = options_.beyond_memory;
      all.push_back(&beyond_);
    }
    all.push_back(&hydrate_);
    return all;
  }

  Section section() {
    Table table({"a tab that comes back", "missed", "frames", "kB", "CPU µs", "least", "most", "hydrate costs",
                 "live p50 ms", "p99 ms"});
    Json ways_json = Json::array();
    for (const Way* way : ways()) {
      table.add({way->name, number(static_cast<double>(way->missed)), number(way->frames.median()),
                 number(way->kilobytes.median(), 1), number(way->cpu_us.median()), number(way->cpu_us.least()),
                 number(way->cpu_us.most()), ratio(way->hydrate_ratio.median()), number(way->live_ms.percentile(50), 2),
                 number(way->live_ms.percentile(99), 2)});
      Json entry = Json::object();
      entry.set("way", way->key).set("missed", static_cast<double>(way->missed));
      entry.set("cpu_us_per_tab", Json::of(way->cpu_us)).set("hydrate_ratio", Json::of(way->hydrate_ratio));
      entry.set("live_ms", Json::percentiles(way->live_ms));
      entry.set("frames", way->frames.median()).set("kilobytes", way->kilobytes.median());
      ways_json.push(std::move(entry));
    }
    const auto& shape = stage_.options().shape;
    Json json = Json::object();
    json.set("members", static_cast<double>(shape.members)).set("online", static_cast<double>(options_.online));
    json.set("tabs_per_round", static_cast<double>(options_.tabs)).set("rounds", static_cast<double>(options_.rounds));
    json.set("at_once", static_cast<double>(options_.at_once)).set("resynced", static_cast<double>(resynced_));
    json.set("unresumed", static_cast<double>(unresumed_)).set("refused", static_cast<double>(refused_));
    json.set("ways", std::move(ways_json));
    return {"resume",
            "What it costs the node to bring one tab up to date",
            {number(static_cast<double>(shape.members)) + " members, " + number(static_cast<double>(options_.online)) +
                 " of them online, in one workspace; " + number(static_cast<double>(options_.tabs)) +
                 " tabs of each kind a round, " + number(static_cast<double>(options_.at_once)) + " at a time, " +
                 number(static_cast<double>(options_.rounds)) + " rounds in turns.",
             "CPU: of the whole node, from accepting the connection to closing it; medians of the rounds.",
             number(static_cast<double>(unresumed_)) + " tabs with a cursor were not resumed, " +
                 number(static_cast<double>(resynced_)) + " were told to resync, " +
                 number(static_cast<double>(refused_)) + " were refused."},
            std::move(table),
            std::move(json)};
  }

  Stage& stage_;
  const ResumeOptions& options_;
  TabFleet online_;
  Cursor head_;
  std::vector<Way> memory_;
  std::vector<Way> shared_;
  std::vector<Way> first_;
  Way open_{"connect, nothing missed", "nothing_missed"};
  Way hydrate_{"hydrate anew", "hydrate"};
  Way beyond_{"resume beyond what memory holds", "beyond_memory"};
  std::size_t unresumed_ = 0;  // though they said a cursor
  std::size_t resynced_ = 0;
  std::size_t refused_ = 0;
};

}  // namespace

Outcome<Section> measure_resume(Stage& stage, const ResumeOptions& options) {
  if (options.online == 0 || options.online >= stage.world().people()) {
    return failure("--online must be less than --members");
  }
  return ResumeBench(stage, options).go();
}

}  // namespace orbit::bench
