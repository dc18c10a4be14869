// Any Sec-WebSocket-Extensions headers, one a line: what is read says the same when it is written and read again, and
// whatever is offered, the answer is one that this server can keep.
#include "kernel/testing/fuzzing.hpp"
#include "websocket/deflate_negotiation.hpp"
#include "websocket/extension_offers.hpp"

namespace orbit::websocket {
namespace {

using kernel::require;

std::string written(const std::vector<ExtensionOffer>& offers) {
  std::string text;
  for (const ExtensionOffer& offer : offers) {
    if (!text.empty()) text += ", ";
    text += offer.name;
    for (const auto& [name, value] : offer.parameters) {
      text += "; " + name;
      if (value) text += "=\"" + *value + '"';
    }
  }
  return text;
}

void try_headers(const std::vector<std::string_view>& headers) {
  const auto offers = read_extension_offers(headers);
  if (!offers) return;
  const std::string text = written(*offers);
  const std::vector<std::string_view> once{text};
  require(offers->empty() || read_extension_offers(once) == offers);
  const auto answer = answer_deflate_offers(*offers);
  const std::string plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  require(!answer || *answer == plain || *answer == plain + "; server_max_window_bits=12");
}

}  // namespace
}  // namespace orbit::websocket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orbit::websocket;
  std::string_view text = orbit::kernel::fuzz_input(data, size);
  std::vector<std::string_view> headers;
  while (!text.empty()) headers.push_back(orbit::kernel::take_until(text, '\n'));
  try_headers(headers);
  return 0;
}
