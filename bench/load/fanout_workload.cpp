#include "load/fanout_workload.hpp"

#include <algorithm>

namespace orbit::bench {

namespace {

using Kind = FanoutWorkload::Kind;

std::string count(std::size_t value) { return number(static_cast<double>(value)); }

TrafficOptions traffic(const FanoutOptions& options, std::size_t bytes, std::size_t window, double rate = 0) {
  return {bytes, window, rate, std::chrono::milliseconds(static_cast<long>(options.seconds * 1'000))};
}

bool is_wanted(const FanoutOptions& options, const std::string& key) {
  return options.workloads.empty() || std::ranges::find(options.workloads, key) != options.workloads.end();
}

/// Round by round, then the median: what slows the machine down slows both.
Samples ratios(const Samples& values, const Samples& base) {
  Samples out;
  for (std::size_t i = 0; i < std::min(values.size(), base.size()); ++i) {
    if (base.values()[i] > 0) out.add(values.values()[i] / base.values()[i]);
  }
  return out;
}

const Samples* costs_of(const FanoutWorkload& workload, const std::vector<Peer>& peers, std::string_view name) {
  const auto found = std::ranges::find(peers, name, &Peer::name);
  return found == peers.end() ? nullptr : &workload.figures[static_cast<std::size_t>(found - peers.begin())].cost;
}

std::string ratio_cell(const Samples& values, const Samples* base) {
  if (base == nullptr) return "–";
  const Samples all = ratios(values, *base);
  return all.is_empty() ? "–" : number(all.median(), 2);
}

std::string range(const Samples& samples, int digits) {
  return number(samples.least(), digits) + " to " + number(samples.most(), digits);
}

std::vector<std::string> columns_of(Kind kind) {
  switch (kind) {
    case Kind::traffic:
      return {"server", "CPU µs", "rounds", "to floor", "to Node", "deliveries/s", "p50 ms", "p99", "p99.9", "max"};
    case Kind::storm:
      return {"server", "CPU µs", "rounds", "to floor", "to Node", "connects/s", "all connected ms"};
    case Kind::memory:
      return {"server", "kB", "rounds", "to floor", "to Node"};
  }
  return {};
}

std::vector<std::string> row_of(const FanoutWorkload& workload, const std::vector<Peer>& peers, std::size_t server) {
  const FanoutFigures& figures = workload.figures[server];
  std::vector<std::string> row{peers[server].title};
  if (figures.cost.is_empty()) {
    row.resize(columns_of(workload.kind).size(), "–");
    return row;
  }
  row.push_back(number(figures.cost.median(), 2));
  row.push_back(range(figures.cost, 2));
  row.push_back(ratio_cell(figures.cost, costs_of(workload, peers, "floor")));
  row.push_back(ratio_cell(figures.cost, costs_of(workload, peers, "ws")));
  if (workload.kind == Kind::memory) return row;
  row.push_back(number(figures.per_second.median()));
  if (workload.kind == Kind::storm) {
    row.push_back(number(figures.most_ms.median()));
    return row;
  }
  for (const Samples* latency : {&figures.p50_ms, &figures.p99_ms, &figures.p999_ms, &figures.most_ms}) {
    row.push_back(number(latency->median(), 2));
  }
  return row;
}

Json json_of(const FanoutWorkload& workload, const std::vector<Peer>& peers, std::size_t server) {
  const FanoutFigures& figures = workload.figures[server];
  Json json = Json::object();
  json.set("server", peers[server].name);
  json.set(workload.kind == Kind::memory ? "kb" : "cpu_us", Json::of(figures.cost));
  for (const char* base : {"floor", "ws"}) {
    const Samples* costs = costs_of(workload, peers, base);
    if (costs != nullptr) json.set(std::string("to_") + base, Json::of(ratios(figures.cost, *costs)));
  }
  if (workload.kind == Kind::memory) return json;
  json.set("per_second", Json::of(figures.per_second)).set("own_cpu_share", Json::of(figures.own_cpu));
  if (workload.kind == Kind::traffic) {
    json.set("p50_ms", Json::of(figures.p50_ms)).set("p99_ms", Json::of(figures.p99_ms));
    json.set("p999_ms", Json::of(figures.p999_ms));
  }
  return json.set("max_ms", Json::of(figures.most_ms));
}

std::string cost_of(const FanoutFigures& figures) {
  return figures.cost.is_empty() ? "–" : number(figures.cost.median(), 2);
}

}  // namespace

std::vector<FanoutScene> scenes_of(const FanoutOptions& options) {
  const std::string small = count(options.sockets);
  const std::string large = count(options.crowd);
  const std::string some = small + " sockets";
  const std::string many = large + " sockets";
  const std::string tenants =
      count(options.workspaces) + " workspaces of " + count(options.workspace_sockets) + " sockets";
  const std::string outstanding = count(options.window) + " outstanding";
  const std::string rate = number(options.rate);
  std::vector<FanoutScene> scenes{
      {some,
       {options.sockets, 1, true},
       {{"one", some + ", 64 B, one message at a time", small + " × 64 B, one at a time", Kind::traffic,
         traffic(options, 64, 1)},
        {"window", some + ", 64 B, " + outstanding, small + " × 64 B, " + outstanding, Kind::traffic,
         traffic(options, 64, options.window)},
        {"rate", some + ", 64 B, " + rate + " messages a second (open loop)", small + " × 64 B, " + rate + " a second",
         Kind::traffic, traffic(options, 64, 1, options.rate)}}},
      // Nobody's are compressed, since only one of the servers would.
      {some + " for 2 KiB",
       {options.sockets, 1, false},
       {{"long", some + ", 2 KiB, one message at a time", small + " × 2 KiB, one at a time", Kind::traffic,
         traffic(options, 2048, 1)}}},
      {tenants,
       {options.workspaces * options.workspace_sockets, options.workspaces, true},
       {{"workspaces", tenants + ", 64 B, " + outstanding + " in workspaces at random", tenants, Kind::traffic,
         traffic(options, 64, options.window)}}},
      {many,
       {options.crowd, 1, true},
       {{"connect", "Connect storm: " + many, large + " connect", Kind::storm},
        {"memory", "Memory: " + many + ", idle", large + " idle, kB", Kind::memory},
        {"crowd", many + ", 64 B, one message at a time", large + " × 64 B, one at a time", Kind::traffic,
         traffic(options, 64, 1)}}},
  };
  for (FanoutScene& scene : scenes) {
    std::erase_if(scene.workloads, [&](const auto& workload) { return !is_wanted(options, workload.key); });
  }
  std::erase_if(scenes, [](const FanoutScene& scene) { return scene.workloads.empty(); });
  return scenes;
}

Section section_of(const FanoutWorkload& workload, const std::vector<Peer>& peers, const FanoutOptions& options) {
  Section section{workload.key, workload.title, {}, Table(columns_of(workload.kind)), Json::object()};
  Json servers = Json::array();
  for (std::size_t i = 0; i < peers.size(); ++i) {
    section.table.add(row_of(workload, peers, i));
    servers.push(json_of(workload, peers, i));
  }
  section.json.set("title", workload.title).set("rounds", static_cast<double>(options.rounds));
  section.json.set("servers", std::move(servers));
  return section;
}

Section summary_of(const std::vector<FanoutScene>& scenes, const std::vector<Peer>& peers) {
  std::vector<std::string> columns{"CPU µs"};
  for (const Peer& peer : peers) columns.push_back(peer.name);
  columns.insert(columns.end(), {"to floor", "to Node"});
  Section section{"in_short",
                  "In short: what " + peers.front().title + " costs beside the others",
                  {},
                  Table(columns),
                  Json::object()};
  for (const FanoutScene& scene : scenes) {
    for (const FanoutWorkload& workload : scene.workloads) {
      std::vector<std::string> row{workload.brief};
      for (const FanoutFigures& figures : workload.figures) row.push_back(cost_of(figures));
      row.push_back(ratio_cell(workload.figures.front().cost, costs_of(workload, peers, "floor")));
      row.push_back(ratio_cell(workload.figures.front().cost, costs_of(workload, peers, "ws")));
      section.table.add(std::move(row));
    }
  }
  return section;
}

}  // namespace orbit::bench
