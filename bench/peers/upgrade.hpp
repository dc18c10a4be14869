// What the servers here need to know of a request for a WebSocket. Plain functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orbit::peers {

/// The number in "/channel/N".
[[nodiscard]] std::optional<std::uint32_t> channel_in(std::string_view target);

/// The second word of a request: its target. Empty if there is none.
[[nodiscard]] std::string_view target_of(std::string_view request);

/// The least answer that a client takes for a handshake; empty if the request has no key.
[[nodiscard]] std::string switching_protocols(std::string_view request);

/// The port that the command line names, or 0.
[[nodiscard]] unsigned short port_argument(int argc, char** argv);

/// Prints the line that the load program waits for.
void print_listening(unsigned short port);

}  // namespace orbit::peers
