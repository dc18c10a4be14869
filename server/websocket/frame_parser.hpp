// FrameParser: reads one client's frames (RFC 6455, section 5; RFC 7692) out of bytes that arrive in any pieces.
// Belongs to its connection, on the shard's thread. At rest it holds a pointer and a limit; a message that lies whole
// in the caller's buffer is unmasked there and costs no allocation.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "websocket/frame_codec.hpp"
#include "websocket/message_inflater.hpp"

namespace orbit::websocket {

/// What FrameParser::next found.
struct Incoming {
  enum class Kind : std::uint8_t {
    nothing,   // all bytes are taken, and no message or control frame is complete
    text,      // one whole message, valid UTF-8
    deflated,  // one whole message as it came: see unpacked
    ping,
    pong,
    close,
    failure,  // the peer broke a rule: the connection is to be failed (section 7.1.7)
  };

  Kind kind = Kind::nothing;

  /// Valid until the next call and as long as the caller's buffer. Of a close: the reason; of a failure: what is
  /// wrong, for people.
  std::string_view payload = {};

  /// Of a close: the peer's code, if it gave one. Of a failure: the code to fail with.
  std::optional<CloseCode> code = std::nullopt;
};

class FrameParser {
 public:
  /// A message longer than `max_message` bytes, in one frame or in many, is a failure with 1009; a compressed one if it
  /// is longer than what such a message is compressed to.
  explicit FrameParser(std::size_t max_message);
  FrameParser(FrameParser&&) noexcept;
  FrameParser& operator=(FrameParser&&) noexcept;
  ~FrameParser();

  /// Takes bytes off the front of `bytes`, writing over them, up to the end of the next message or control frame.
  /// Call again until it finds nothing. After a failure it must not be called again. `deflates`
  /// says whether permessage-deflate was agreed on.
  [[nodiscard]] Incoming next(std::span<char>& bytes, bool deflates = false);

 private:
  struct Header;
  struct Partial;

  std::expected<Header, Incoming> take_header(std::span<char>& bytes, bool deflates);
  [[nodiscard]] std::optional<Incoming> misplaced(const Header& header) const;
  [[nodiscard]] bool lies_whole_in(std::span<char> bytes, const Header& header) const;
  std::optional<Incoming> take_payload(std::span<char>& bytes);
  Partial& partial();

  std::size_t max_message_;
  std::unique_ptr<Partial> partial_;  // only while a frame or message is under way
};

/// What a compressed message says: text, or a failure. Apart from the parser, so that nothing is unpacked that nobody
/// will read. Valid until the inflater is used again.
[[nodiscard]] Incoming unpacked(std::string_view payload, MessageInflater& inflater, std::size_t max_message);

}  // namespace orbit::websocket
