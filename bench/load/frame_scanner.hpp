// FrameScanner: finds a server's frames (RFC 6455, section 5) in bytes that arrive in any pieces, and of each text
// frame only what a tab must know: its type and seq. No frame is parsed as JSON, and of a long one only the beginning
// is kept. Belongs to its tab.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "load/failure.hpp"

namespace orbit::bench {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct ScannedFrame {
  Opcode opcode = Opcode::text;
  std::string_view beginning;  // of the payload; valid until the next call and as long as the caller's bytes
  std::uint64_t size = 0;      // of the whole payload
};

class FrameScanner {
 public:
  /// How much of a payload is kept: enough for the type and seq of every event, and for any control frame.
  static constexpr std::size_t kept = 512;

  /// Takes bytes off the front of `bytes` up to the end of the next frame; nullopt while none is complete. Failure: a
  /// server must not send this.
  [[nodiscard]] Outcome<std::optional<ScannedFrame>> next(std::string_view& bytes);

 private:
  [[nodiscard]] std::size_t header_size() const;
  Outcome<bool> take_header(std::string_view& bytes);

  std::array<char, 10> header_{};
  std::size_t header_bytes_ = 0;
  bool in_payload_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t missing_ = 0;
  std::string beginning_;  // only of a payload that came in pieces
};

/// What an event's JSON says at its beginning.
struct EventFacts {
  std::string_view type;
  std::optional<std::uint64_t> seq;
};

[[nodiscard]] EventFacts facts_of(std::string_view event);

/// A client's frame, masked: made once, sent often.
[[nodiscard]] std::string masked_frame(Opcode opcode, std::string_view payload);

}  // namespace orbit::bench
