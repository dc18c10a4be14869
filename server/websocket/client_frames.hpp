// What a client would send: for tests.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "websocket/frame_codec.hpp"

namespace orbit::websocket {

inline constexpr std::array<char, 4> sample_key{'\x37', '\xFA', '\x21', '\x3D'};

/// A frame as its two first bytes have it, with the shortest length, masked with sample_key.
inline std::string client_frame(int first_byte, std::string_view payload) {
  std::string frame = encode_frame(Opcode::text, payload)->bytes;
  const std::size_t header_size = frame.size() - payload.size();
  frame[0] = static_cast<char>(first_byte);
  frame[1] = static_cast<char>(frame[1] | 0x80);
  frame.insert(header_size, sample_key.data(), sample_key.size());
  apply_mask(std::span(frame).subspan(header_size + sample_key.size()), sample_key);
  return frame;
}

inline std::string client_text(std::string_view text) { return client_frame(0x81, text); }
inline std::string client_ping(std::string_view payload = {}) { return client_frame(0x89, payload); }
inline std::string client_pong(std::string_view payload = {}) { return client_frame(0x8A, payload); }

inline std::string close_payload(int code, std::string_view reason = {}) {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code)}.append(reason);
}

inline std::string client_close(int code, std::string_view reason = {}) {
  return client_frame(0x88, close_payload(code, reason));
}

}  // namespace orbit::websocket
