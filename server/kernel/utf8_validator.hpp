// Utf8Validator: checks text that arrives in pieces (RFC 3629: shortest forms only, no surrogates, up to U+10FFFF).
// Three bytes of state; belongs to whoever reads the text.
#pragma once

#include <cstdint>
#include <string_view>

namespace orbit::kernel {

class Utf8Validator {
 public:
  /// False as soon as the text so far can't begin any valid text; feed no more then.
  [[nodiscard]] bool feed(std::string_view piece);

  /// Whether the text so far ends with a whole character.
  [[nodiscard]] bool complete() const { return pending_ == 0; }

 private:
  bool start_sequence(std::uint8_t lead);

  std::uint8_t pending_ = 0;  // continuation bytes still to come
  std::uint8_t low_ = 0x80;   // what the next of them may be at least
  std::uint8_t high_ = 0xBF;  // and at most
};

[[nodiscard]] inline bool is_valid_utf8(std::string_view text) {
  Utf8Validator validator;
  return validator.feed(text) && validator.complete();
}

}  // namespace orbit::kernel
