// What any client may send: the parser must find the same however the bytes are cut, and nothing past its limit. The
// first byte of the input says how they are cut, and whether compressed messages are taken.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "kernel/utf8_validator.hpp"
#include "websocket/frame_parser.hpp"

namespace orbit::websocket {
namespace {

constexpr std::size_t max_message = 512;

struct Found {
  Incoming::Kind kind;
  std::string payload;
  std::optional<CloseCode> code;

  bool operator==(const Found&) const = default;
};

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Incoming& incoming) {
  require(incoming.kind != Incoming::Kind::failure || incoming.code.has_value());
  if (incoming.kind == Incoming::Kind::failure) return;
  require(incoming.payload.size() <= (incoming.kind == Incoming::Kind::text ? max_message : max_control_payload));
  if (incoming.kind == Incoming::Kind::text || incoming.kind == Incoming::Kind::close) {
    require(kernel::is_valid_utf8(incoming.payload));
  }
}

std::vector<Found> parse(std::string_view bytes, std::size_t piece, bool deflates) {
  static MessageInflater inflater;
  FrameParser parser(max_message);
  std::vector<Found> found;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    std::string buffer(bytes.substr(0, piece));
    std::span<char> rest(buffer);
    for (;;) {
      Incoming incoming = parser.next(rest, deflates);
      if (incoming.kind == Incoming::Kind::deflated) incoming = unpacked(incoming.payload, inflater, max_message);
      if (incoming.kind == Incoming::Kind::nothing) break;
      check(incoming);
      found.push_back({incoming.kind, std::string(incoming.payload), incoming.code});
      if (incoming.kind == Incoming::Kind::failure) return found;
    }
    require(rest.empty());
  }
  return found;
}

}  // namespace
}  // namespace orbit::websocket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orbit::websocket;
  if (size == 0) return 0;
  const bool deflates = data[0] % 2 == 0;
  const std::size_t piece = 1 + data[0] / 2;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  require(parse(bytes, bytes.size() + 1, deflates) == parse(bytes, piece, deflates));
  return 0;
}
