// The command line of `orbit key` and `orbit status`. For config.cpp; plain functions.
#pragma once

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace orbit::app {

/// `config` outlives the parsing.
void add_operator_commands(CLI::App& app, Config& config);

}  // namespace orbit::app
