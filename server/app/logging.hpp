// Logging: spdlog to standard error, for people on a terminal and as JSON lines otherwise. Called once, at the start.
#pragma once

#include <string>
#include <string_view>

#include "app/config.hpp"

namespace orbit::app {

void set_up_logging(LogFormat format, const std::string& level);

/// A log line as one JSON object: {"time":…,"level":…,"message":…}.
[[nodiscard]] std::string json_log_line(std::string_view time, std::string_view level, std::string_view message);

}  // namespace orbit::app
