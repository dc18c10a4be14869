// A frame as one line for a person at a terminal. Plain function: any thread.
#pragma once

#include <string>
#include <string_view>

#include "kernel/clock.hpp"

namespace orbit::app {

/// When it came, seq, type and what it is about, coloured; the frame itself where it can't be read. Control characters
/// become spaces: a name can't write to the terminal.
[[nodiscard]] std::string event_line(std::string_view frame, kernel::Timestamp now);

}  // namespace orbit::app
