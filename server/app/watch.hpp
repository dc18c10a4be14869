// `orbit watch`: a tab in a terminal. Runs on the calling thread until it is told to end.
#pragma once

#include "app/config.hpp"

namespace orbit::app {

/// Prints each event as it lands: coloured lines on a terminal, JSON lines in a pipe. Comes back by itself after a lost
/// connection. Returns the exit code: 0 after Ctrl-C, 1 where the membership or session ended or sign-in failed.
[[nodiscard]] int watch(const Config& config);

}  // namespace orbit::app
