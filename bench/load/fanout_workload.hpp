// The workloads of the fan-out measurement, and what a server's turn at one comes to. Plain data.
#pragma once

#include <vector>

#include "load/fanout_bench.hpp"
#include "load/traffic.hpp"

namespace orbit::bench {

/// A server's figures, one for each round.
struct FanoutFigures {
  Samples cost;  // what is compared: CPU µs of a delivery or a connect, kB of a connection
  Samples per_second;
  Samples p50_ms;
  Samples p99_ms;
  Samples p999_ms;
  Samples most_ms;
  Samples own_cpu;  // share of a core that this program took
};

struct FanoutWorkload {
  enum class Kind : std::uint8_t { traffic, storm, memory };

  std::string key;
  std::string title;
  std::string brief;  // the same where many are listed
  Kind kind = Kind::traffic;
  TrafficOptions traffic = {};
  std::vector<FanoutFigures> figures = {};  // by server
};

/// Workloads that one crowd serves, on one start of a server.
struct FanoutScene {
  std::string title;
  CrowdShape shape;
  std::vector<FanoutWorkload> workloads;
};

[[nodiscard]] std::vector<FanoutScene> scenes_of(const FanoutOptions& options);

[[nodiscard]] Section section_of(const FanoutWorkload& workload, const std::vector<Peer>& peers,
                                 const FanoutOptions& options);

/// All workloads in one table, the first server's ratios at the end of each line.
[[nodiscard]] Section summary_of(const std::vector<FanoutScene>& scenes, const std::vector<Peer>& peers);

}  // namespace orbit::bench
