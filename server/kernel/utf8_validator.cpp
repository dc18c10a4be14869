#include "kernel/utf8_validator.hpp"

#include <cstring>

namespace orbit::kernel {
namespace {

const char* skip_ascii(const char* it, const char* end) {
  constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
  while (end - it >= 16) {
    std::uint64_t words[2];
    std::memcpy(words, it, sizeof words);
    if (((words[0] | words[1]) & high_bits) != 0) break;
    it += sizeof words;
  }
  while (it != end && static_cast<std::uint8_t>(*it) < 0x80) ++it;
  return it;
}

bool continues(const char* it, std::uint8_t low = 0x80, std::uint8_t high = 0xBF) {
  const auto byte = static_cast<std::uint8_t>(*it);
  return byte >= low && byte <= high;
}

// The length of the whole sequence that begins here with a byte past ASCII, of which the text has at least four bytes;
// 0 where it is malformed. RFC 3629, section 4, in one go.
std::ptrdiff_t sequence_length(const char* it) {
  const auto lead = static_cast<std::uint8_t>(*it);
  if (lead < 0xE0) return lead >= 0xC2 && continues(it + 1) ? 2 : 0;
  if (lead < 0xF0) {
    const std::uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;
    const std::uint8_t high = lead == 0xED ? 0x9F : 0xBF;
    return continues(it + 1, low, high) && continues(it + 2) ? 3 : 0;
  }
  const std::uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;
  return lead <= 0xF4 && continues(it + 1, low, high) && continues(it + 2) && continues(it + 3) ? 4 : 0;
}

bool is_ascii(char c) { return static_cast<std::uint8_t>(c) < 0x80; }

}  // namespace

bool Utf8Validator::feed(std::string_view piece) {
  const char* it = piece.data();
  const char* const end = it + piece.size();
  while (it != end) {
    if (pending_ == 0) {
      it = skip_ascii(it, end);
      while (end - it >= 4 && !is_ascii(*it)) {
        const std::ptrdiff_t length = sequence_length(it);
        if (length == 0) return false;
        it += length;
      }
      if (it == end) break;
      if (is_ascii(*it)) continue;
      if (!start_sequence(static_cast<std::uint8_t>(*it++))) return false;
    } else {
      const auto byte = static_cast<std::uint8_t>(*it++);
      if (byte < low_ || byte > high_) return false;
      low_ = 0x80;
      high_ = 0xBF;
      --pending_;
    }
  }
  return true;
}

// RFC 3629, section 4: the lead decides how many bytes follow, and narrows the first of them where a longer form,
// a surrogate or a value past U+10FFFF would fit.
bool Utf8Validator::start_sequence(std::uint8_t lead) {
  if (lead < 0xC2 || lead > 0xF4) return false;
  if (lead < 0xE0) {
    pending_ = 1;
  } else if (lead < 0xF0) {
    pending_ = 2;
    if (lead == 0xE0) low_ = 0xA0;
    if (lead == 0xED) high_ = 0x9F;
  } else {
    pending_ = 3;
    if (lead == 0xF0) low_ = 0x90;
    if (lead == 0xF4) high_ = 0x8F;
  }
  return true;
}

}  // namespace orbit::kernel
