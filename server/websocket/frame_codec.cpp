#include "websocket/frame_codec.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace orbit::websocket {
namespace {

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 0xFF));
}

/// The longest beginning of at most `limit` bytes that doesn't cut a character of valid UTF-8 in two.
std::string_view cut_between_characters(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<std::uint8_t>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

}  // namespace

std::string frame_bytes(Opcode opcode, std::string_view payload, bool deflated) {
  constexpr std::uint8_t fin = 0x80;
  constexpr std::size_t longest_header = 10;
  std::string bytes;
  bytes.reserve(longest_header + payload.size());
  bytes.push_back(static_cast<char>(fin | (deflated ? rsv1 : 0) | static_cast<std::uint8_t>(opcode)));
  if (payload.size() < 126) {
    bytes.push_back(static_cast<char>(payload.size()));
  } else if (payload.size() <= 0xFFFF) {
    bytes.push_back(126);
    append_big_endian(bytes, payload.size(), 2);
  } else {
    bytes.push_back(127);
    append_big_endian(bytes, payload.size(), 8);
  }
  return bytes.append(payload);
}

realtime::SharedFrame encode_frame(Opcode opcode, std::string_view payload, std::optional<kernel::Seq> seq,
                                   std::string deflated, kernel::SteadyTime committed_at) {
  assert(opcode < Opcode::close || payload.size() <= max_control_payload);
  realtime::Frame frame;
  frame.seq = seq;
  frame.bytes = frame_bytes(opcode, payload, false);
  frame.header_size = frame.bytes.size() - payload.size();
  frame.deflated = std::move(deflated);
  frame.committed_at = committed_at;
  return std::make_shared<const realtime::Frame>(std::move(frame));
}

realtime::SharedFrame encode_close(std::optional<CloseCode> code, std::string_view reason) {
  std::string payload;
  if (code) {
    append_big_endian(payload, static_cast<std::uint16_t>(*code), 2);
    payload.append(cut_between_characters(reason, max_control_payload - payload.size()));
  }
  return encode_frame(Opcode::close, payload);
}

bool may_be_received(CloseCode code) {
  const auto number = static_cast<std::uint16_t>(code);
  return (number >= 1000 && number <= 1003) || (number >= 1007 && number <= 1014) || (number >= 3000 && number <= 4999);
}

void apply_mask(std::span<char> bytes, const std::array<char, 4>& key, std::size_t offset) {
  std::array<char, 8> pattern;
  for (std::size_t i = 0; i < pattern.size(); ++i) pattern[i] = key[(offset + i) % key.size()];
  std::uint64_t wide_key = 0;
  std::memcpy(&wide_key, pattern.data(), sizeof wide_key);

  char* it = bytes.data();
  char* const end = it + bytes.size();
  for (; end - it >= 8; it += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, it, sizeof word);
    word ^= wide_key;
    std::memcpy(it, &word, sizeof word);
  }
  for (std::size_t i = 0; it != end; ++it, ++i) *it = static_cast<char>(*it ^ pattern[i]);
}

}  // namespace orbit::websocket
