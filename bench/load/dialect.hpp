// Dialect: how a client of a fan-out server asks for its channel and says a message, and the stamp that each message
// carries. Plain data and functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orbit::bench {

struct Dialect {
  std::string_view path;      // before the channel's number
  std::string_view greeting;  // the server's text that begins so is to be answered; empty: there is none
  std::string_view answer;
  std::string_view ready;  // what the text begins with that says that the socket is on its channel; empty: the 101 does
  std::string_view before;  // what a message's payload stands in
  std::string_view after;
  std::string_view ping;  // a text that is to be answered with `pong`; empty: there is none
  std::string_view pong;
};

/// Nothing but WebSocket: each text is a message.
extern const Dialect plain_dialect;
/// Socket.IO 4 over Engine.IO 4, as far as text events with one string go.
extern const Dialect socket_io_dialect;

/// The request for a socket on the channel. With `offers_deflate` it offers permessage-deflate as browsers do.
[[nodiscard]] std::string handshake_of(const Dialect& dialect, std::size_t channel, bool offers_deflate);

struct Stamp {
  std::uint64_t sent_ns = 0;  // since the clock's epoch
  std::uint32_t number = 0;
};

/// The shortest payload that a stamp fits into.
inline constexpr std::size_t least_payload = 32;

/// The text of a message whose payload begins with its stamp and is filled up to `size` bytes.
[[nodiscard]] std::string message_of(const Dialect& dialect, const Stamp& stamp, std::size_t size);

/// nullopt if it is no message, or one of somebody else.
[[nodiscard]] std::optional<Stamp> stamp_of(const Dialect& dialect, std::string_view text);

}  // namespace orbit::bench
