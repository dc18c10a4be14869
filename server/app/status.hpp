// `orbit status`: watches a node through its operator API. Main thread.
#pragma once

#include "app/config.hpp"

namespace orbit::app {

/// Draws until it is interrupted, or prints once; returns the exit code.
[[nodiscard]] int show_status(const Config& config);

}  // namespace orbit::app
