#include "load/heartbeat_bench.hpp"

#include "load/idle_crowd.hpp"

namespace orbit::bench {

namespace {

struct Watched {
  std::string what;
  Samples share = {};  // of one core, in percent, sample by sample
  double cpu_us = 0;
  std::size_t pings = 0;
};

class HeartbeatBench {
 public:
  HeartbeatBench(Stage& stage, const HeartbeatOptions& options)
      : stage_(stage), options_(options), tabs_(within_descriptor_limit(options.tabs)) {}

  Outcome<Section> go() {
    const std::vector<std::string> flags{"--heartbeat", std::to_string(options_.heartbeat_ms) + "ms",
                                         "--sockets-per-member", "10000"};
    if (auto started = stage_.restart(flags); !started) return std::unexpected(started.error());
    IdleCrowd crowd(stage_, {&stage_.world()});
    stage_.rest(std::chrono::milliseconds(500));
    watched_.push_back(watch("nobody", crowd));
    say("Heartbeat: " + std::to_string(tabs_) + " tabs");
    if (auto grown = crowd.grow_to(tabs_); !grown) return std::unexpected(grown.error());
    stage_.rest(std::chrono::milliseconds(1'000));
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      watched_.push_back(watch(number(static_cast<double>(tabs_)) + " tabs", crowd));
    }
    if (auto all = crowd.expect_all(); !all) return std::unexpected(all.error());
    if (watched_.back().pings == 0) return failure("nobody was pinged");
    return section();
  }

 private:
  // For one heartbeat.
  Watched watch(std::string what, const IdleCrowd& crowd) {
    Watched watched{std::move(what)};
    const std::size_t pings_before = crowd.pings();
    const double cpu_before = stage_.node().cpu_us();
    const auto until = Clock::now() + std::chrono::milliseconds(options_.heartbeat_ms);
    auto from = Clock::now();
    double cpu_from = cpu_before;
    while (from < until) {
      stage_.rest(std::chrono::milliseconds(options_.sample_ms));
      const auto now = Clock::now();
      const double cpu_now = stage_.node().cpu_us();
      watched.share.add((cpu_now - cpu_from) / (milliseconds(now - from) * 1000) * 100);
      from = now;
      cpu_from = cpu_now;
    }
    watched.cpu_us = cpu_from - cpu_before;
    watched.pings = crowd.pings() - pings_before;
    return watched;
  }

  Section section() const {
    Table table({"a heartbeat of", "pings", "CPU ms", "µs a ping", "mean %", "p50 %", "p99 %", "most %"});
    Json rows = Json::array();
    for (const Watched& watched : watched_) {
      const auto pings = static_cast<double>(watched.pings);
      const double mean = watched.cpu_us / (static_cast<double>(options_.heartbeat_ms) * 1000) * 100;
      table.add({watched.what, number(pings), number(watched.cpu_us / 1000),
                 number(pings > 0 ? watched.cpu_us / pings : 0, 1), number(mean, 2),
                 number(watched.share.percentile(50), 2), number(watched.share.percentile(99), 2),
                 number(watched.share.most(), 2)});
      Json row = Json::object();
      row.set("what", watched.what).set("pings", pings).set("cpu_us", watched.cpu_us).set("mean_percent", mean);
      rows.push(std::move(row.set("percent", Json::percentiles(watched.share))));
    }
    Json json = Json::object();
    json.set("tabs", static_cast<double>(tabs_)).set("heartbeat_ms", static_cast<double>(options_.heartbeat_ms));
    json.set("sample_ms", static_cast<double>(options_.sample_ms)).set("rows", std::move(rows));
    std::vector<std::string> notes{
        "The node's CPU, in percent of one core, sampled each " + number(static_cast<double>(options_.sample_ms)) +
            " ms over one heartbeat of " + number(static_cast<double>(options_.heartbeat_ms)) +
            " ms; a row for each heartbeat. Answers to the pings are in it.",
        "All pings at once would take " + number(watched_.back().cpu_us / 1000) + " ms of one core."};
    if (tabs_ < options_.tabs) {
      notes.push_back(number(static_cast<double>(options_.tabs)) +
                      " were asked for; a process may not have more descriptors here.");
    }
    return {"heartbeat", "The heartbeat of many idle sockets", std::move(notes), std::move(table), std::move(json)};
  }

  Stage& stage_;
  const HeartbeatOptions& options_;
  const std::size_t tabs_;
  std::vector<Watched> watched_;
};

}  // namespace

Outcome<Section> measure_heartbeat(Stage& stage, const HeartbeatOptions& options) {
  auto section = HeartbeatBench(stage, options).go();
  if (auto back = stage.restart(); !back) return std::unexpected(back.error());
  return section;
}

}  // namespace orbit::bench
