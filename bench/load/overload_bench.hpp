// Overload: commands at paces below and far beyond what a node keeps up with, which doesn't wait for it. How long do
// those that are accepted take, how many are refused, and what do sockets feel of it?
#pragma once

#include "load/report.hpp"
#include "load/stage.hpp"

namespace CLI {
class App;
}

namespace orbit::bench {

struct OverloadOptions {
  std::vector<double> times{0.5, 1, 2, 5};  // the measured capacity
  double seconds = 8;                       // for each
  std::size_t tabs = 100;                   // that hear of signals meanwhile
  std::size_t workers = 2;                  // of the node: few, so that what is short isn't the load program's core
  std::size_t connections = 2'000;
  std::string max_wait = "1s";  // --max-queue-wait
};

CLI::App* add_overload(CLI::App& app, OverloadOptions& options);

[[nodiscard]] Outcome<Section> measure_overload(Stage& stage, const OverloadOptions& options);

}  // namespace orbit::bench
