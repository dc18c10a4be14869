// The options of a node that faces the internet: TLS, proxies, limits by address, person and workspace. Main thread.
#pragma once

#include "app/config.hpp"

namespace CLI {
class App;
}

namespace orbit::app {

void add_tls(CLI::App& app, Config& config);
void add_trusted_proxies(CLI::App& app, Config& config);
void add_door_limits(CLI::App& app, Config& config);

}  // namespace orbit::app
