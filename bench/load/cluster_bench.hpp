// Several nodes on one PostgreSQL: how long a commit on one of them takes to reach tabs there and elsewhere, what that
// costs each, and how soon others hear that a node is gone. Belongs to the main thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "load/report.hpp"
#include "load/world.hpp"

namespace orbit::bench {

struct ClusterOptions {
  std::filesystem::path program = "build/release/orbit";
  std::filesystem::path directory = "build/bench/cluster";  // of the nodes' logs
  std::string database;                                     // URL of an empty one
  std::string backplane = "postgres";                       // the nodes' --backplane
  std::vector<int> servers = {};                            // process ids whose CPU is told beside the nodes'
  std::vector<std::size_t> sizes{1, 3};                     // nodes
  WorldShape shape{.members = 120};
  std::size_t tabs = 30;                // spread over the nodes
  std::vector<std::size_t> rates{100};  // commands a second at the first node, one after the other
  std::size_t connections = 16;
  double seconds = 10;
  std::size_t kills = 3;  // of the last node, where there are several
};

[[nodiscard]] Outcome<std::vector<Section>> measure_cluster(const ClusterOptions& options);

}  // namespace orbit::bench
