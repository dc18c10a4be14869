#include "load/frame_scanner.hpp"

#include <algorithm>
#include <utility>

#include "load/http_answer.hpp"

namespace orbit::bench {

namespace {

std::uint8_t byte(char c) { return static_cast<std::uint8_t>(c); }

}  // namespace

std::size_t FrameScanner::header_size() const {
  if (header_bytes_ < 2) return 2;
  const int length = byte(header_[1]) & 0x7f;
  return length == 126 ? 4 : length == 127 ? 10 : 2;
}

Outcome<bool> FrameScanner::take_header(std::string_view& bytes) {
  while (header_bytes_ < header_size()) {
    if (bytes.empty()) return false;
    header_[header_bytes_++] = bytes.front();
    bytes.remove_prefix(1);
  }
  if ((byte(header_[0]) & 0xf0) != 0x80) return failure("a frame in parts, or with reserved bits");
  if ((byte(header_[1]) & 0x80) != 0) return failure("a masked frame from the server");
  size_ = byte(header_[1]) & 0x7f;
  if (header_bytes_ > 2) {
    size_ = 0;
    for (std::size_t i = 2; i < header_bytes_; ++i) size_ = size_ << 8 | byte(header_[i]);
  }
  missing_ = size_;
  in_payload_ = true;
  beginning_.clear();
  return true;
}

Outcome<std::optional<ScannedFrame>> FrameScanner::next(std::string_view& bytes) {
  if (!in_payload_) {
    const auto complete = take_header(bytes);
    if (!complete) return std::unexpected(complete.error());
    if (!*complete) return std::nullopt;
  }
  const std::string_view part = bytes.substr(0, std::min<std::uint64_t>(missing_, bytes.size()));
  const bool whole = part.size() == size_;
  if (!whole) beginning_.append(part.substr(0, kept - std::min(kept, beginning_.size())));
  missing_ -= part.size();
  bytes.remove_prefix(part.size());
  if (missing_ > 0) return std::nullopt;
  in_payload_ = false;
  header_bytes_ = 0;
  const auto opcode = static_cast<Opcode>(byte(header_[0]) & 0x0f);
  return ScannedFrame{opcode, whole ? part.substr(0, kept) : std::string_view(beginning_), size_};
}

EventFacts facts_of(std::string_view event) {
  constexpr std::string_view start = R"({"type":")";
  EventFacts facts;
  if (!event.starts_with(start)) return facts;
  facts.type = event.substr(start.size(), event.find('"', start.size()) - start.size());
  facts.seq = json_number(event, "seq");
  return facts;
}

std::string masked_frame(Opcode opcode, std::string_view payload) {
  constexpr std::array<char, 4> key{0x12, 0x34, 0x56, 0x78};
  std::string frame{static_cast<char>(0x80 | static_cast<int>(opcode))};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += {static_cast<char>(0x80 | 126), static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size())};
  }
  frame.append(key.data(), key.size());
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ key[i % key.size()]);
  return frame;
}

}  // namespace orbit::bench
