// What any client may call compressed: unpacking must stay within its limit, keep nothing from message to message, and
// give back what compressing took. The first two bytes of the input are the limit.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "websocket/message_deflater.hpp"
#include "websocket/message_inflater.hpp"

namespace orbit::websocket {
namespace {

using Result = std::expected<std::string, MessageInflater::Failure>;

void require(bool holds) {
  if (!holds) std::abort();
}

Result inflate(std::string_view payload, std::size_t limit) {
  static MessageInflater inflater;
  const auto text = inflater.inflate(payload, limit);
  if (!text) return std::unexpected(text.error());
  require(text->size() <= limit);
  return std::string(*text);
}

void try_payload(std::string_view payload, std::size_t limit) {
  const Result first = inflate(payload, limit);
  require(inflate(payload, limit) == first);
  if (!first) return;
  require(inflate(payload, limit + 100) == first);
  require(first->empty() || inflate(payload, first->size() - 1) == std::unexpected(MessageInflater::Failure::too_long));
}

void try_text(std::string_view text) {
  static MessageDeflater deflater;
  const auto payload = deflater.deflate(text);
  if (!payload) return;
  require(payload->size() < text.size());
  require(inflate(*payload, text.size()) == text);
}

}  // namespace
}  // namespace orbit::websocket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orbit::websocket;
  if (size < 2) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 2, size - 2);
  try_payload(rest, std::size_t{data[0]} << 8 | data[1]);
  try_text(rest);
  return 0;
}
