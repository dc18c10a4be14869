#include "kernel/id.hpp"

#include <sys/random.h>

#include <stdexcept>

namespace orbit::kernel {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr bool is_dash_position(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

std::optional<std::uint8_t> hex_value(char c) {
  const auto at = hex_digits.find(c);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(at);
}

}  // namespace

Uuid new_uuid(const Clock& clock) {
  Uuid uuid;
  if (getrandom(uuid.data(), uuid.size(), 0) != static_cast<ssize_t>(uuid.size())) {
    throw std::runtime_error("the system has no random numbers to give");
  }
  const auto milliseconds = static_cast<std::uint64_t>(clock.now().time_since_epoch().count());
  for (std::size_t i = 0; i < 6; ++i) uuid[i] = static_cast<std::uint8_t>(milliseconds >> (40 - 8 * i));
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x70);  // version 7
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);  // variant 10
  return uuid;
}

std::string to_string(const Uuid& uuid) {
  std::string text(36, '-');
  std::size_t at = 0;
  for (const std::uint8_t byte : uuid) {
    if (is_dash_position(at)) ++at;
    text[at++] = hex_digits[byte >> 4];
    text[at++] = hex_digits[byte & 0x0f];
  }
  return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::uint8_t& byte : uuid) {
    if (is_dash_position(at)) {
      if (text[at] != '-') return std::nullopt;
      ++at;
    }
    const auto high = hex_value(text[at++]), low = hex_value(text[at++]);
    if (!high || !low) return std::nullopt;
    byte = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return uuid;
}

}  // namespace orbit::kernel
