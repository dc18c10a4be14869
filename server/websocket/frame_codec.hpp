// The frames of RFC 6455, section 5: making those that a server sends (unmasked, never fragmented), and what both
// directions share. Plain functions and an encoder without state: any thread.
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

/// The payload comes whole in one frame. A control frame's must fit max_control_payload.
[[nodiscard]] realtime::SharedFrame encode_frame(Opcode opcode, std::string_view payload,
                                                 std::optional<kernel::Seq> seq = std::nullopt);

/// Without a code the payload is empty, whatever the reason. A reason that doesn't fit is cut between characters.
[[nodiscard]] realtime::SharedFrame encode_close(std::optional<CloseCode> code, std::string_view reason);

/// Whether a peer may put the code into a close frame (section 7.4 and IANA's registry).
[[nodiscard]] bool may_be_received(CloseCode code);

/// XORs the bytes with the key (section 5.3), the first of them being the payload's `offset`th.
void apply_mask(std::span<char> bytes, const std::array<char, 4>& key, std::size_t offset = 0);

class TextFrameEncoder final : public realtime::FrameEncoder {
 public:
  [[nodiscard]] realtime::SharedFrame encode(std::string_view text, std::optional<kernel::Seq> seq) const override;
};

}  // namespace orbit::websocket
