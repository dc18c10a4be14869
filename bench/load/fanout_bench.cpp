#include "load/fanout_bench.hpp"

#include <algorithm>
#include <utility>

#include "load/fanout_workload.hpp"
#include "load/machine_load.hpp"

namespace orbit::bench {

namespace {

constexpr std::size_t connects_at_once = 200;  // fewer than any server's backlog
constexpr std::chrono::milliseconds settling{500};

double ms_of(std::uint64_t ns) { return static_cast<double>(ns) / 1e6; }

/// One server on one scene, once.
class Turn {
 public:
  Turn(const Peer& peer, const FanoutOptions& options, FanoutScene& scene, std::size_t server)
      : peer_(peer), options_(options), scene_(scene), server_(server) {}

  Outcome<> go() {
    const std::optional<int> core = options_.pins ? std::optional(0) : std::nullopt;
    if (auto started = start(process_, peer_, options_.places, core); !started) return started;
    if (is_about_connecting()) rest();
    crowd_.emplace(poller_, process_.port(), *peer_.dialect, scene_.shape);
    if (auto opened = open(); !opened) return opened;
    for (FanoutWorkload& workload : scene_.workloads) {
      if (workload.kind != FanoutWorkload::Kind::traffic) continue;
      if (auto measured = measure(workload); !measured) return measured;
    }
    return {};
  }

 private:
  [[nodiscard]] bool is_about_connecting() const {
    return std::ranges::any_of(scene_.workloads,
                               [](const auto& workload) { return workload.kind != FanoutWorkload::Kind::traffic; });
  }

  void rest() {
    poller_.turn_until([] { return false; }, Clock::now() + settling);
  }

  Outcome<> open() {
    const double memory_before = process_.status_kb("VmRSS:");
    const double cpu_before = process_.cpu_us();
    const double own_before = own_cpu_seconds();
    const auto began = Clock::now();
    if (auto opened = crowd_->open(connects_at_once); !opened) return opened;
    const double seconds = milliseconds(Clock::now() - began) / 1'000;
    const double own_cpu = (own_cpu_seconds() - own_before) / seconds;
    if (is_about_connecting()) rest();
    const auto sockets = static_cast<double>(scene_.shape.sockets);
    for (FanoutWorkload& workload : scene_.workloads) {
      FanoutFigures& figures = workload.figures[server_];
      if (workload.kind == FanoutWorkload::Kind::storm) {
        figures.cost.add((process_.cpu_us() - cpu_before) / sockets);
        figures.per_second.add(sockets / seconds);
        figures.most_ms.add(seconds * 1'000);
        figures.own_cpu.add(own_cpu);
      } else if (workload.kind == FanoutWorkload::Kind::memory) {
        figures.cost.add((process_.status_kb("VmRSS:") - memory_before) / sockets);
      }
    }
    return {};
  }

  Outcome<> measure(FanoutWorkload& workload) {
    TrafficOptions warm_up = workload.traffic;
    warm_up.duration /= 10;
    if (auto warmed = run(warm_up); !warmed) return std::unexpected(warmed.error());
    const double cpu_before = process_.cpu_us();
    const double own_before = own_cpu_seconds();
    const auto result = run(workload.traffic);
    if (!result) return std::unexpected(result.error());
    const auto deliveries = static_cast<double>(result->latency_ns.count());
    FanoutFigures& figures = workload.figures[server_];
    figures.cost.add((process_.cpu_us() - cpu_before) / deliveries);
    figures.own_cpu.add((own_cpu_seconds() - own_before) / result->seconds);
    figures.per_second.add(deliveries / result->seconds);
    figures.p50_ms.add(ms_of(result->latency_ns.percentile(50)));
    figures.p99_ms.add(ms_of(result->latency_ns.percentile(99)));
    figures.p999_ms.add(ms_of(result->latency_ns.percentile(99.9)));
    figures.most_ms.add(ms_of(result->latency_ns.most()));
    return {};
  }

  Outcome<TrafficResult> run(const TrafficOptions& options) {
    auto result = Traffic(poller_, *crowd_, options, next_number_).go();
    if (result) next_number_ += static_cast<std::uint32_t>(result->messages);
    return result;
  }

  const Peer& peer_;
  const FanoutOptions& options_;
  FanoutScene& scene_;
  const std::size_t server_;
  Poller poller_;
  ChildProcess process_;
  std::optional<Crowd> crowd_;  // after the poller, and gone before the server
  std::uint32_t next_number_ = 0;
};

Outcome<std::vector<Peer>> chosen_peers(const FanoutOptions& options) {
  std::vector<Peer> all = all_peers(options.places);
  if (options.servers.empty()) return all;
  std::vector<Peer> chosen;
  for (const std::string& name : options.servers) {
    const auto found = std::ranges::find(all, name, &Peer::name);
    if (found == all.end()) return failure("no server is called " + name);
    chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace

std::vector<std::string> fanout_workloads() {
  std::vector<std::string> keys;
  for (const FanoutScene& scene : scenes_of({})) {
    for (const FanoutWorkload& workload : scene.workloads) keys.push_back(workload.key);
  }
  return keys;
}

Outcome<FanoutReport> measure_fanout(const FanoutOptions& options) {
  const auto peers = chosen_peers(options);
  if (!peers) return std::unexpected(peers.error());
  std::error_code error;
  std::filesystem::create_directories(options.places.run, error);
  if (error) return failure("can't make " + options.places.run.string());
  std::optional<CorePin> pin;
  if (options.pins) pin.emplace(1);

  FanoutReport report;
  std::vector<FanoutScene> scenes = scenes_of(options);
  for (std::size_t round = 0; round < options.rounds; ++round) {
    for (FanoutScene& scene : scenes) {
      say("Round " + std::to_string(round + 1) + " of " + std::to_string(options.rounds) + ": " + scene.title);
      for (FanoutWorkload& workload : scene.workloads) workload.figures.resize(peers->size());
      for (std::size_t i = 0; i < peers->size(); ++i) {
        const auto done = Turn((*peers)[i], options, scene, i).go();
        if (!done) report.failures.push_back({(*peers)[i].title + ", " + scene.title + ": " + done.error().what});
      }
    }
  }
  for (const FanoutScene& scene : scenes) {
    for (const FanoutWorkload& workload : scene.workloads) {
      report.sections.push_back(section_of(workload, *peers, options));
    }
  }
  report.summary = summary_of(scenes, *peers);
  return report;
}

}  // namespace orbit::bench
