// Fan-out: what it costs to get one message to many sockets, by Orbit and by what one would use instead, in turns.
#pragma once

#include "load/peers.hpp"
#include "load/report.hpp"

namespace orbit::bench {

struct FanoutOptions {
  PeerPlaces places;
  std::vector<std::string> servers;    // names of peers; none: all
  std::vector<std::string> workloads;  // keys; none: all
  std::size_t rounds = 5;
  double seconds = 1.5;  // of each workload in each round
  std::size_t sockets = 1'000;
  std::size_t crowd = 15'000;
  std::size_t workspaces = 500;
  std::size_t workspace_sockets = 20;
  std::size_t window = 16;
  double rate = 50;
  bool pins = true;  // where there are cores enough: the server to one core, this program to another
};

[[nodiscard]] std::vector<std::string> fanout_workloads();

struct FanoutReport {
  std::vector<Section> sections;  // one for each workload
  std::optional<Section> summary;
  std::vector<Failure> failures;  // of servers; figures of that turn are missing
};

[[nodiscard]] Outcome<FanoutReport> measure_fanout(const FanoutOptions& options);

}  // namespace orbit::bench
