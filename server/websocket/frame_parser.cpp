#include "websocket/frame_parser.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "kernel/utf8_validator.hpp"

namespace orbit::websocket {
namespace {

std::uint8_t byte_at(std::string_view bytes, std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); }

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8 | byte_at(bytes, i);
  return value;
}

Incoming failed(CloseCode code, std::string_view what) { return {Incoming::Kind::failure, what, code}; }

Incoming broken(std::string_view what) { return failed(CloseCode::protocol_error, what); }

Incoming read_close(std::string_view payload) {
  if (payload.empty()) return {Incoming::Kind::close};
  if (payload.size() == 1) return broken("half a close code");
  const auto code = static_cast<CloseCode>(big_endian(payload.substr(0, 2)));
  if (!may_be_received(code)) return broken("a close code that must not be sent");
  const auto reason = payload.substr(2);
  if (!kernel::is_valid_utf8(reason)) return failed(CloseCode::invalid_payload, "a close reason that is not UTF-8");
  return {Incoming::Kind::close, reason, code};
}

Incoming read_control(Opcode opcode, std::string_view payload) {
  if (opcode == Opcode::close) return read_close(payload);
  return {opcode == Opcode::ping ? Incoming::Kind::ping : Incoming::Kind::pong, payload};
}

Incoming not_utf8() { return failed(CloseCode::invalid_payload, "text that is not UTF-8"); }

Incoming too_big() { return failed(CloseCode::too_big, "the message is too long"); }

/// Deflate makes a text that it can't shorten a little longer: at most by an eighth, with its fixed codes for bytes
/// from 144 on, and by the frames of its blocks.
std::size_t longest_deflated(std::size_t text_size) { return text_size + text_size / 8 + 64; }

std::string_view view_of(std::span<char> bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

struct FrameParser::Header {
  static constexpr std::size_t longest = 14;

  bool fin = true;
  Opcode opcode = Opcode::text;
  bool deflated = false;  // the message that begins here
  std::array<char, 4> key{};
  std::uint64_t length = 0;
  std::size_t size = 0;  // of the header itself

  [[nodiscard]] bool is_control() const { return opcode >= Opcode::close; }

  /// Section 5.2. Fails at the first byte that is wrong; finds nothing while bytes are missing.
  static std::expected<Header, Incoming> read(std::string_view bytes, bool deflates);
};

std::expected<FrameParser::Header, Incoming> FrameParser::Header::read(std::string_view bytes, bool deflates) {
  const std::unexpected<Incoming> incomplete{Incoming{}};
  Header header;
  if (bytes.empty()) return incomplete;
  const std::uint8_t first = byte_at(bytes, 0);
  const std::uint8_t opcode = first & 0x0F;
  const bool begins_message = opcode == 1 || opcode == 2;
  header.deflated = deflates && begins_message && (first & rsv1) != 0;
  if ((first & 0x70) != (header.deflated ? rsv1 : 0)) return std::unexpected(broken("reserved bits are set"));
  if ((opcode > 2 && opcode < 8) || opcode > 10) return std::unexpected(broken("a reserved opcode"));
  header.fin = (first & 0x80) != 0;
  header.opcode = Opcode{opcode};
  if (header.is_control() && !header.fin) return std::unexpected(broken("a control frame in fragments"));

  if (bytes.size() < 2) return incomplete;
  const std::uint8_t second = byte_at(bytes, 1);
  if ((second & 0x80) == 0) return std::unexpected(broken("a client's frame without a mask"));
  header.length = second & 0x7F;
  if (header.is_control() && header.length > max_control_payload) {
    return std::unexpected(broken("a control frame of more than 125 bytes"));
  }
  const std::size_t extended = header.length == 126 ? 2 : header.length == 127 ? 8 : 0;
  header.size = 2 + extended + header.key.size();
  if (extended > 0) {
    if (bytes.size() < 2 + extended) return incomplete;
    header.length = big_endian(bytes.substr(2, extended));
    if (header.length < (extended == 2 ? 126 : 0x1'0000)) return std::unexpected(broken("a length in a longer form"));
    if (header.length >> 63 != 0) return std::unexpected(broken("a length past 63 bits"));
  }
  if (bytes.size() < header.size) return incomplete;
  std::ranges::copy(bytes.substr(2 + extended, header.key.size()), header.key.begin());
  return header;
}

/// What outlives the caller's buffer.
struct FrameParser::Partial {
  std::array<char, Header::longest> header_bytes;
  std::size_t header_size = 0;  // how many of them have come

  std::optional<Header> frame;  // whose payload is under way
  std::uint64_t taken = 0;      // of that payload

  bool in_message = false;  // a first fragment has come, the last has not
  bool deflated = false;    // that message
  std::string message;      // as it came
  kernel::Utf8Validator utf8;

  std::string control;

  [[nodiscard]] bool at_rest() const { return header_size == 0 && !frame && !in_message; }
};

FrameParser::FrameParser(std::size_t max_message) : max_message_(max_message) {}
FrameParser::FrameParser(FrameParser&&) noexcept = default;
FrameParser& FrameParser::operator=(FrameParser&&) noexcept = default;
FrameParser::~FrameParser() = default;

FrameParser::Partial& FrameParser::partial() {
  if (!partial_) partial_ = std::make_unique<Partial>();
  return *partial_;
}

Incoming FrameParser::next(std::span<char>& bytes, bool deflates) {
  if (partial_ && partial_->at_rest()) partial_.reset();
  for (;;) {
    if (!partial_ || !partial_->frame) {
      const auto header = take_header(bytes, deflates);
      if (!header) return header.error();
      if (const auto wrong = misplaced(*header)) return *wrong;
      if (lies_whole_in(bytes, *header)) {
        const auto payload = bytes.first(header->length);
        bytes = bytes.subspan(header->length);
        apply_mask(payload, header->key);
        if (header->is_control()) return read_control(header->opcode, view_of(payload));
        if (header->deflated) return {Incoming::Kind::deflated, view_of(payload)};
        if (!kernel::is_valid_utf8(view_of(payload))) return not_utf8();
        return {Incoming::Kind::text, view_of(payload)};
      }
      partial().frame = *header;
      partial().taken = 0;
      if (header->is_control()) partial().control.clear();
    }
    if (const auto found = take_payload(bytes)) return *found;
  }
}

/// Takes a header off the front, of which some bytes may have come before.
std::expected<FrameParser::Header, Incoming> FrameParser::take_header(std::span<char>& bytes, bool deflates) {
  const std::size_t before = partial_ ? partial_->header_size : 0;
  if (before == 0) {
    const auto header = Header::read(view_of(bytes), deflates);
    if (header) {
      bytes = bytes.subspan(header->size);
      return header;
    }
    if (bytes.empty() || header.error().kind == Incoming::Kind::failure) return header;
  }

  auto& buffer = partial().header_bytes;
  const auto added = std::min(buffer.size() - before, bytes.size());
  std::ranges::copy(bytes.first(added), buffer.begin() + static_cast<std::ptrdiff_t>(before));
  const auto header = Header::read({buffer.data(), before + added}, deflates);
  if (header) {
    bytes = bytes.subspan(header->size - before);
    partial_->header_size = 0;
  } else {
    bytes = bytes.subspan(added);
    partial_->header_size = before + added;
  }
  return header;
}

/// Whether the frame may not come now, or not at all.
std::optional<Incoming> FrameParser::misplaced(const Header& header) const {
  if (header.is_control()) return std::nullopt;
  const bool in_message = partial_ && partial_->in_message;
  if (header.opcode == Opcode::binary) return failed(CloseCode::binary_refused, "binary messages are not taken");
  if (header.opcode == Opcode::continuation && !in_message) return broken("a continuation of nothing");
  if (header.opcode == Opcode::text && in_message) return broken("a message inside a message");
  const bool deflated = in_message ? partial_->deflated : header.deflated;
  const std::size_t most = deflated ? longest_deflated(max_message_) : max_message_;
  const std::size_t before = in_message ? partial_->message.size() : 0;
  if (before + header.length > most) return too_big();
  return std::nullopt;
}

bool FrameParser::lies_whole_in(std::span<char> bytes, const Header& header) const {
  const bool in_message = partial_ && partial_->in_message;
  return bytes.size() >= header.length && (header.is_control() || (header.fin && !in_message));
}

/// Nullopt where a fragment is complete and its message is not.
std::optional<Incoming> FrameParser::take_payload(std::span<char>& bytes) {
  Partial& state = *partial_;
  const Header& frame = *state.frame;
  const auto piece = bytes.first(std::min<std::uint64_t>(frame.length - state.taken, bytes.size()));
  bytes = bytes.subspan(piece.size());
  apply_mask(piece, frame.key, state.taken % frame.key.size());
  state.taken += piece.size();
  const bool complete = state.taken == frame.length;

  if (frame.is_control()) {
    state.control.append(view_of(piece));
    if (!complete) return Incoming{};
    const Opcode opcode = frame.opcode;
    state.frame.reset();
    return read_control(opcode, state.control);
  }

  if (!std::exchange(state.in_message, true)) state.deflated = frame.deflated;
  state.message.append(view_of(piece));
  if (!state.deflated && !state.utf8.feed(view_of(piece))) return not_utf8();
  if (!complete) return Incoming{};
  const bool last = frame.fin;
  state.frame.reset();
  if (!last) return std::nullopt;
  state.in_message = false;
  if (state.deflated) return Incoming{Incoming::Kind::deflated, state.message};
  if (!state.utf8.complete()) return not_utf8();
  return Incoming{Incoming::Kind::text, state.message};
}

Incoming unpacked(std::string_view payload, MessageInflater& inflater, std::size_t max_message) {
  const auto text = inflater.inflate(payload, max_message);
  if (!text) {
    return text.error() == MessageInflater::Failure::too_long
               ? too_big()
               : failed(CloseCode::invalid_payload, "corrupt deflate data");
  }
  return kernel::is_valid_utf8(*text) ? Incoming{Incoming::Kind::text, *text} : not_utf8();
}

}  // namespace orbit::websocket
