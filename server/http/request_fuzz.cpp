// Any target and headers of a request: what is decoded of them is text, and what is encoded comes back. The first line
// of the input is the target, each other "Name: value".
#include <vector>

#include "http/message.hpp"
#include "kernel/testing/fuzzing.hpp"
#include "kernel/utf8_validator.hpp"

namespace orbit::http {
namespace {

using kernel::require;
using kernel::take_until;

std::string encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    out.append({'%', digits[byte >> 4], digits[byte & 15]});
  }
  return out;
}

void check_decoded(const std::optional<std::string>& text, std::string_view from) {
  if (!text) return;
  require(kernel::is_valid_utf8(*text) && text->find('\0') == std::string::npos && text->size() <= from.size());
  require(percent_decoded(encoded(*text)) == text);
}

void try_target(const Request& request) {
  check_decoded(percent_decoded(request.path), request.path);
  for (std::string_view rest = request.query; !rest.empty();) {
    std::string_view pair = take_until(rest, '&');
    const std::string_view name = take_until(pair, '=');
    check_decoded(request.parameter(name), request.query);
    const auto number = request.number(name);
    require(!number ||
            (*number >> 63 == 0 && request.parameter(name)->find_first_not_of("0123456789") == std::string::npos));
  }
}

void try_headers(const Request& request) {
  for (const auto& [name, value] : request.headers) {
    const auto values = request.header_values(name);
    require(!values.empty() && request.header(name) == values.front());
    if (same_header_name(name, "If-None-Match")) require(request.has_etag(value) || value.empty());
  }
  const bool has_tags = request.header("If-None-Match").has_value();
  require(has_tags || !request.has_etag("\"1\""));
}

}  // namespace
}  // namespace orbit::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace orbit::http;
  std::string_view text = orbit::kernel::fuzz_input(data, size);
  std::string_view target = take_until(text, '\n');
  Request request;
  request.path = take_until(target, '?');
  request.query = target;
  while (!text.empty()) {
    std::string_view line = take_until(text, '\n');
    const std::string_view name = take_until(line, ':');
    request.headers.emplace_back(name, line);
  }
  try_target(request);
  try_headers(request);
  return 0;
}
