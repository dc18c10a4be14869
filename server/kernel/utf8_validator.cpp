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

}  // namespace

bool Utf8Validator::feed(std::string_view piece) {
  const char* it = piece.data();
  const char* const end = it + piece.size();
  while (it != end) {
    if (pending_ == 0) {
      it = skip_ascii(it, end);
      if (it == end) break;
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
