// A frame as one line for a person at a terminal. Plain function: any thread.
#pragma once

#include <string>
#include <string_view>

namespace orbit::app {

/// Time, seq, type and what it is about, coloured; the frame itself where it can't be read.
[[nodiscard]] std::string event_line(std::string_view frame);

}  // namespace orbit::app
