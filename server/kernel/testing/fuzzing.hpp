// What fuzzers have in common: saying what must hold, and taking an input apart. Plain functions: any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace orbit::kernel {

/// Ends the program where it doesn't: the fuzzer then keeps the input.
inline void require(bool holds) {
  if (!holds) std::abort();
}

inline std::string_view fuzz_input(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// Takes the text before the next mark off the front, and the mark; all of it where there is none.
inline std::string_view take_until(std::string_view& text, char mark) {
  const std::string_view taken = text.substr(0, text.find(mark));
  text.remove_prefix(std::min(text.size(), taken.size() + 1));
  return taken;
}

}  // namespace orbit::kernel
