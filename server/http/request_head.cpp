#include "http/request_head.hpp"

#include <algorithm>
#include <utility>

#include "http/message.hpp"

namespace orbit::http {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() &&
         std::ranges::all_of(text, [&](char c) { return is_digit(c) || is_letter(c) || marks.contains(c); });
}

// A host and perhaps a port: no user, no list, no path.
bool is_authority(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return is_digit(c) || is_letter(c) || std::string_view("-._~%!$&'()*+;=:[]").contains(c); });
}

bool is_length(std::string_view text) {
  return !text.empty() && text.size() <= 18 && std::ranges::all_of(text, is_digit);
}

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

}  // namespace

RequestHead::State RequestHead::look_at(std::string_view bytes) {
  while (!complete_ && seen_ < bytes.size()) {
    const char c = bytes[seen_++];
    if (!takes(bytes, c)) return State::malformed;
  }
  return complete_ ? State::complete : State::unfinished;
}

// Lines end with CR LF and nothing else; no control character is anywhere, but for tabs.
bool RequestHead::takes(std::string_view bytes, char c) {
  if (after_cr_ != (c == '\n')) return false;
  if (c == '\n') {
    const auto line = bytes.substr(line_from_, seen_ - 2 - line_from_);
    line_from_ = seen_;
    after_cr_ = false;
    return takes_line(line);
  }
  after_cr_ = c == '\r';
  const auto byte = static_cast<unsigned char>(c);
  return after_cr_ || c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool RequestHead::takes_line(std::string_view line) {
  if (minor_ < 0) return takes_request_line(line);
  if (!line.empty()) return takes_field(line);
  complete_ = true;
  return is_sound();
}

bool RequestHead::takes_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  const auto version = line.substr(last + 1);
  const auto target = line.substr(first + 1, last - first - 1);
  if (version != "HTTP/1.0" && version != "HTTP/1.1") return false;
  if (!is_token(line.substr(0, first)) || target.empty()) return false;
  if (!std::ranges::all_of(target, [](char c) { return c > ' ' && c < 0x7f; })) return false;
  minor_ = version.back() - '0';
  if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
    const auto from = scheme + 3;
    authority_ = target.substr(from, target.find_first_of("/?#", from) - from);
  }
  return true;
}

// A line that goes on with the one before begins with a space, which no name does.
bool RequestHead::takes_field(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const auto name = line.substr(0, colon);
  if (!is_token(name)) return false;
  auto value = line.substr(colon + 1);
  if (same_header_name(name, "Host")) {
    value = trimmed(value);
    if (host_ || !is_authority(value)) return false;
    host_ = value;
    return true;
  }
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (same_header_name(name, "Content-Length")) return !std::exchange(has_length_, true) && is_length(value);
  if (same_header_name(name, "Transfer-Encoding")) return !std::exchange(is_chunked_, true) && value == "chunked";
  return true;
}

bool RequestHead::is_sound() const {
  if (is_chunked_ && (has_length_ || minor_ == 0)) return false;
  if (minor_ == 1 && !host_) return false;
  return !authority_ || !host_ || same_header_name(*authority_, *host_);
}

}  // namespace orbit::http
