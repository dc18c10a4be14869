#include "load/durability_bench.hpp"

#include <fcntl.h>

#include <memory>

namespace orbit::bench {

namespace {

// One value for each round, but for latency_ms.
struct Way {
  std::string durability;
  std::size_t connections = 1;
  Samples commits_per_s = {};
  Samples cpu_us = {};  // a commit
  Samples latency_ms = {};
};

// What the disk itself takes to keep 4 kB in a file that has its size already, as SQLite's log has after a while.
Outcome<Samples> bare_sync_us(const std::filesystem::path& path) {
  constexpr int pages = 50;
  const std::vector<char> page(4096, 'x');
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file.is_open()) return system_failure("can't write " + path.string());
  for (int i = 0; i < pages; ++i) {
    if (write(file.get(), page.data(), page.size()) < 0) return system_failure("can't write " + path.string());
  }
  fsync(file.get());
  Samples took;
  for (int i = 0; i < pages; ++i) {
    const auto started = Clock::now();
    const auto written = pwrite(file.get(), page.data(), page.size(), static_cast<off_t>(i * page.size()));
    if (written < 0 || fdatasync(file.get()) != 0) return system_failure("can't sync");
    took.add(milliseconds(Clock::now() - started) * 1000);
  }
  return took;
}

class DurabilityBench {
 public:
  DurabilityBench(Stage& stage, const DurabilityOptions& options) : stage_(stage), options_(options) {
    for (const std::size_t connections : options.connections) {
      ways_.push_back({"full", connections});
      ways_.push_back({"normal", connections});
    }
  }

  Outcome<Section> go() {
    stage_.node().stop();
    for (const char* durability : {"full", "normal"}) {
      if (auto started = start(durability); !started) return std::unexpected(started.error());
    }
    for (std::size_t round = 0; round < options_.rounds; ++round) {
      say("Durability: round " + std::to_string(round + 1) + " of " + std::to_string(options_.rounds));
      const auto sync_us = bare_sync_us(stage_.options().directory / "sync.probe");
      if (!sync_us) return std::unexpected(sync_us.error());
      sync_us_.add(*sync_us);
      for (Way& way : ways_) {
        if (auto done = commit(way); !done) return std::unexpected(done.error());
      }
    }
    return section();
  }

 private:
  Outcome<> start(const std::string& durability) {
    const auto to = stage_.options().directory / (durability + ".db");
    if (auto copied = stage_.copy_database(to); !copied) return copied;
    NodeOptions node{stage_.options().program, to, {"--demo", "--durability", durability}};
    node.flags.insert(node.flags.end(), stage_.options().node_flags.begin(), stage_.options().node_flags.end());
    auto& started = durability == "full" ? full_ : normal_;
    started = std::make_unique<NodeProcess>(std::move(node));
    return started->start();
  }

  Outcome<> commit(Way& way) {
    NodeProcess& node = way.durability == "full" ? *full_ : *normal_;
    const World world = stage_.world().at(node.port());
    const double before = node.cpu_us();
    const auto ran = run(stage_.poller(), {node.port(), way.connections, options_.commands,
                                           [&](std::size_t) { return world.rename(number_++); }});
    if (!ran) return std::unexpected(ran.error());
    const auto commands = static_cast<double>(options_.commands);
    way.cpu_us.add((node.cpu_us() - before) / commands);
    way.commits_per_s.add(commands / ran->seconds);
    way.latency_ms.add(ran->latency_ms);
    return {};
  }

  Section section() const {
    Table table({"durability", "connections", "commits/s", "least", "most", "µs each", "CPU µs", "p50 ms", "p99 ms"});
    Json ways_json = Json::array();
    for (const Way& way : ways_) {
      table.add({way.durability, number(static_cast<double>(way.connections)), number(way.commits_per_s.median()),
                 number(way.commits_per_s.least()), number(way.commits_per_s.most()),
                 number(1e6 / way.commits_per_s.median()), number(way.cpu_us.median()),
                 number(way.latency_ms.percentile(50), 2), number(way.latency_ms.percentile(99), 2)});
      Json entry = Json::object();
      entry.set("durability", way.durability).set("connections", static_cast<double>(way.connections));
      entry.set("commits_per_s", Json::of(way.commits_per_s)).set("cpu_us_per_commit", Json::of(way.cpu_us));
      entry.set("latency_ms", Json::percentiles(way.latency_ms));
      ways_json.push(std::move(entry));
    }
    Json json = Json::object();
    json.set("commands_per_round", static_cast<double>(options_.commands));
    json.set("rounds", static_cast<double>(options_.rounds)).set("bare_sync_us", Json::percentiles(sync_us_));
    json.set("ways", std::move(ways_json));
    std::vector<std::string> notes{
        "Each command is an HTTP request that renames the workspace: one transaction with one event; " +
            number(static_cast<double>(options_.commands)) + " of each kind a round, " +
            number(static_cast<double>(options_.rounds)) + " rounds in turns.",
        "To overwrite 4 kB and fdatasync takes this disk " + number(sync_us_.median()) + " µs."};
    for (std::size_t i = 0; i + 1 < ways_.size(); i += 2) {
      Samples gain;
      for (std::size_t round = 0; round < options_.rounds; ++round) {
        gain.add(ways_[i + 1].commits_per_s.values()[round] / ways_[i].commits_per_s.values()[round]);
      }
      notes.push_back("With " + number(static_cast<double>(ways_[i].connections)) + " connection(s), normal makes " +
                      ratio(gain.median()) + " the commits a second of full.");
    }
    return {"durability", "The price of durability", std::move(notes), std::move(table), std::move(json)};
  }

  Stage& stage_;
  const DurabilityOptions& options_;
  std::vector<Way> ways_;
  Samples sync_us_;
  std::unique_ptr<NodeProcess> full_;
  std::unique_ptr<NodeProcess> normal_;
  std::size_t number_ = 1'000'000;  // far from what the stage has used
};

}  // namespace

Outcome<Section> measure_durability(Stage& stage, const DurabilityOptions& options) {
  return DurabilityBench(stage, options).go();
}

}  // namespace orbit::bench
