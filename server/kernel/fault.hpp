// Fault: promises that a build can be told to break, so that the convergence checker can be seen to find it. Only a
// build with ORBIT_BREAKABLE reads which one from the environment; in every other, none is, and the compiler knows. Any
// thread.
#pragma once

#ifdef ORBIT_BREAKABLE
#include <cstdlib>
#include <string_view>
#endif

namespace orbit::kernel {

enum class Fault {
  publish_before_commit,  // events are handed to the relay, and read again, before their transaction commits
  drop_last_frame,        // what is replayed from memory lacks its newest frame
  skip_log_fill,          // what is no longer in memory is not read from the log
  keep_removed_socket,    // the sockets of a member who left stay open, on their channels
};

#ifdef ORBIT_BREAKABLE
/// Whether ORBIT_BREAK names the fault.
[[nodiscard]] inline bool is_broken(Fault fault) {
  static const std::string_view named = [] {
    const char* value = std::getenv("ORBIT_BREAK");
    return value == nullptr ? std::string_view() : std::string_view(value);
  }();
  constexpr std::string_view names[] = {"publish_before_commit", "drop_last_frame", "skip_log_fill",
                                        "keep_removed_socket"};
  return named == names[static_cast<int>(fault)];
}
#else
[[nodiscard]] constexpr bool is_broken(Fault) { return false; }
#endif

}  // namespace orbit::kernel
