// `orbit-load fanout`: the command line of the fan-out measurement. Main thread.
#pragma once

#include "load/fanout_bench.hpp"

namespace CLI {
class App;
}

namespace orbit::bench {

CLI::App* add_fanout(CLI::App& app, FanoutOptions& options);

/// Prints the tables, and adds the figures to the JSON.
[[nodiscard]] Outcome<> run_fanout(const FanoutOptions& options, Json& json);

}  // namespace orbit::bench
