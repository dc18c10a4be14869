// Times as an operator writes them. Plain functions: any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace orbit::kernel {

/// "500ms", "2s", "5m", "1h"; nullopt for all else.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(const std::string& text);

}  // namespace orbit::kernel
