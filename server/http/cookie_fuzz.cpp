// Any Cookie headers, one a line: a cookie that is found stands there under its very name, and nothing before it can
// hide or forge the one that is looked for.
#include "http/message.hpp"
#include "kernel/testing/fuzzing.hpp"

namespace orbit::http {
namespace {

using kernel::require;
using kernel::take_until;

constexpr std::string_view session = "orbit_session";

/// The same once more, pair by pair.
std::optional<std::string_view> expected(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    for (std::string_view rest = value; !rest.empty();) {
      std::string_view pair = take_until(rest, ';');
      while (pair.starts_with(' ')) pair.remove_prefix(1);
      if (pair.find('=') == std::string_view::npos) continue;
      if (take_until(pair, '=') == session) return pair;
    }
  }
  return std::nullopt;
}

void try_cookies(const Request& request) {
  const auto found = request.cookie(session);
  require(found == expected(request));
  require(!found || found->find(';') == std::string_view::npos);
  Request behind = request;
  behind.headers.emplace_back("cookie", "a=b;  orbit_session=mine");
  require(behind.cookie(session) == found.value_or("mine"));
}

}  // namespace
}  // namespace orbit::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orbit::http;
  std::string_view text = orbit::kernel::fuzz_input(data, size);
  Request request;
  while (!text.empty()) request.headers.emplace_back("Cookie", take_until(text, '\n'));
  try_cookies(request);
  return 0;
}
