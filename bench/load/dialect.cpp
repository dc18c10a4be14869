#include "load/dialect.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace orbit::bench {

namespace {

constexpr std::size_t time_digits = 20;
constexpr std::size_t number_digits = 10;

template <class Number>
bool read_number(std::string_view digits, Number& number) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc{} && end == digits.data() + digits.size();
}

}  // namespace

const Dialect plain_dialect{
    .path = "/channel/",
    .greeting = {},
    .answer = {},
    .ready = {},
    .before = {},
    .after = {},
    .ping = {},
    .pong = {},
};

const Dialect socket_io_dialect{
    .path = "/socket.io/?EIO=4&transport=websocket&channel=",
    .greeting = "0{",
    .answer = "40",
    .ready = "40{",
    .before = R"(42["message",")",
    .after = R"("])",
    .ping = "2",
    .pong = "3",
};

std::string handshake_of(const Dialect& dialect, std::size_t channel, bool offers_deflate) {
  std::string request = "GET " + std::string(dialect.path) + std::to_string(channel) + " HTTP/1.1\r\n";
  request +=
      "Host: 127.0.0.1\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Key: b3JiaXQgZmFuLW91dCAxNg==\r\n"
      "Sec-WebSocket-Version: 13\r\n";
  if (offers_deflate) request += "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
  return request + "\r\n";
}

std::string message_of(const Dialect& dialect, const Stamp& stamp, std::size_t size) {
  char text[time_digits + number_digits + 2];
  std::snprintf(text, sizeof text, "%020llu%010u", static_cast<unsigned long long>(stamp.sent_ns), stamp.number);
  std::string message(dialect.before);
  message.append(text, time_digits + number_digits);
  message.append(std::max(size, least_payload) - time_digits - number_digits, '.');
  return message.append(dialect.after);
}

std::optional<Stamp> stamp_of(const Dialect& dialect, std::string_view text) {
  if (!text.starts_with(dialect.before)) return std::nullopt;
  text.remove_prefix(dialect.before.size());
  if (text.size() < time_digits + number_digits) return std::nullopt;
  Stamp stamp;
  const bool valid = read_number(text.substr(0, time_digits), stamp.sent_ns) &&
                     read_number(text.substr(time_digits, number_digits), stamp.number);
  return valid ? std::optional(stamp) : std::nullopt;
}

}  // namespace orbit::bench
