// Any request for a WebSocket: what is accepted has what RFC 6455, section 4.2.1 asks for, and the answer is one head
// with nothing of the client's in it but the hash of its key. The first line is the method, each other "Name: value".
#include "kernel/testing/fuzzing.hpp"
#include "websocket/handshake.hpp"

namespace orbit::websocket {
namespace {

using kernel::require;
using kernel::take_until;

using Header = std::pair<std::string_view, std::string_view>;

std::vector<std::string_view> values_of(const std::vector<Header>& headers, std::string_view wanted) {
  std::vector<std::string_view> values;
  for (const auto& [name, value] : headers) {
    if (name == wanted) values.push_back(value);
  }
  return values;
}

std::size_t lines_in(std::string_view text) {
  std::size_t lines = 0;
  for (auto end = text.find("\r\n"); end != std::string_view::npos; end = text.find("\r\n", end + 2)) ++lines;
  return lines;
}

void try_request(std::string_view method, const std::vector<Header>& headers) {
  const HeaderValues values = [&](std::string_view name) { return values_of(headers, name); };
  for (const bool wants_deflate : {true, false}) {
    const auto accepted = accept_handshake({method, 1, 1, values}, wants_deflate);
    if (!accepted) {
      require(accepted.error().status == 400 || accepted.error().status == 426);
      require(accepted.error().code.starts_with("websocket."));
      continue;
    }
    require(method == "GET" && values("Host").size() == 1);
    require(values("Sec-WebSocket-Key").size() == 1 && values("Sec-WebSocket-Version").size() == 1);
    require(!values("Upgrade").empty() && !values("Connection").empty());
    require(accepted->sec_websocket_accept.size() == 28 && (wants_deflate || !accepted->deflates));
    require(lines_in(accepted->response) == (accepted->deflates ? 6U : 5U) && accepted->response.ends_with("\r\n\r\n"));
  }
}

}  // namespace
}  // namespace orbit::websocket

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orbit::websocket;
  std::string_view text = orbit::kernel::fuzz_input(data, size);
  const std::string_view method = take_until(text, '\n');
  std::vector<Header> headers;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    const std::string_view name = take_until(line, ':');
    headers.emplace_back(name, line);
  }
  try_request(method, headers);
  return 0;
}
