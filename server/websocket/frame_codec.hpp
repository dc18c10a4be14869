// The frames of RFC 6455, section 5: making those that a server sends (unmasked, never fragmented), and what both
// directions share. Plain functions: any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "realtime/frame.hpp"
#include "realtime/socket_handle.hpp"

namespace orbit::websocket {

using realtime::CloseCode;

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// The most that a control frame may carry (section 5.5).
inline constexpr std::size_t max_control_payload = 125;

/// The reserved bit that says that a message is compressed (RFC 7692, section 6).
inline constexpr std::uint8_t rsv1 = 0x40;

/// A whole message in one frame, as it goes to the socket.
[[nodiscard]] std::string frame_bytes(Opcode opcode, std::string_view payload, bool deflated);

/// The payload comes whole in one frame. A control frame's must fit max_control_payload. `deflated` is what
/// frame_bytes makes of the same text compressed.
[[nodiscard]] realtime::SharedFrame encode_frame(Opcode opcode, std::string_view payload,
                                                 std::optional<kernel::Seq> seq = std::nullopt,
                                                 std::string deflated = {}, kernel::SteadyTime committed_at = {});

/// Without a code the payload is empty, whatever the reason. A reason that doesn't fit is cut between characters.
[[nodiscard]] realtime::SharedFrame encode_close(std::optional<CloseCode> code, std::string_view reason);

/// Whether a peer may put the code into a close frame (section 7.4 and IANA's registry).
[[nodiscard]] bool may_be_received(CloseCode code);

/// XORs the bytes with the key (section 5.3), the first of them being the payload's `offset`th.
void apply_mask(std::span<char> bytes, const std::array<char, 4>& key, std::size_t offset = 0);

}  // namespace orbit::websocket
