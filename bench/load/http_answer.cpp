#include "load/http_answer.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace orbit::bench {

namespace {

constexpr std::size_t longest_head = 64 * 1024;

bool same_name(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

// Where the value of the key begins.
std::string_view json_value(std::string_view json, std::string_view key) {
  const std::string quoted = "\"" + std::string(key) + "\":";
  const auto at = json.find(quoted);
  return at == std::string_view::npos ? std::string_view{} : json.substr(at + quoted.size());
}

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const {
  std::string_view rest = head;
  while (!rest.empty()) {
    const auto end = std::min(rest.find("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 2));
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !same_name(line.substr(0, colon), name)) continue;
    const auto value = line.find_first_not_of(' ', colon + 1);
    return value == std::string_view::npos ? std::string_view{} : line.substr(value);
  }
  return {};
}

Outcome<> HttpAnswerParser::read_head() {
  const std::string_view head = answer_.head;
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) return failure("no HTTP answer: " + answer_.head);
  std::from_chars(head.data() + 9, head.data() + 12, answer_.status);
  const std::string_view length = answer_.header("Content-Length");
  missing_ = 0;
  std::from_chars(length.data(), length.data() + length.size(), missing_);
  in_body_ = true;
  return {};
}

Outcome<std::optional<HttpAnswer>> HttpAnswerParser::take(std::string_view& bytes) {
  if (!in_body_) {
    // The blank line may be split over two pieces: look again at the end of what came before.
    const std::size_t known = answer_.head.size();
    answer_.head.append(bytes.substr(0, longest_head));
    const auto end = answer_.head.find("\r\n\r\n", known < 3 ? 0 : known - 3);
    if (end == std::string::npos) {
      if (answer_.head.size() > longest_head) return failure("the head of an answer doesn't end");
      bytes = {};
      return std::nullopt;
    }
    bytes.remove_prefix(end + 4 - known);
    answer_.head.resize(end + 2);
    if (auto read = read_head(); !read) return std::unexpected(read.error());
  }
  const std::string_view part = bytes.substr(0, missing_);
  answer_.body.append(part);
  missing_ -= part.size();
  bytes.remove_prefix(part.size());
  if (missing_ > 0) return std::nullopt;
  in_body_ = false;
  return std::exchange(answer_, {});
}

std::string_view json_string(std::string_view json, std::string_view key) {
  const std::string_view value = json_value(json, key);
  if (!value.starts_with('"')) return {};
  return value.substr(1, value.find('"', 1) - 1);
}

std::optional<std::uint64_t> json_number(std::string_view json, std::string_view key) {
  const std::string_view value = json_value(json, key);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc{} && end != value.data() ? std::optional(number) : std::nullopt;
}

}  // namespace orbit::bench
