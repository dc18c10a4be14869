#include "catalog/camel_case.hpp"

namespace orbit::catalog {

namespace {

std::string joined(std::string_view words, bool upper) {
  std::string out;
  out.reserve(words.size());
  for (const char c : words) {
    if (c == '_' || c == '.') {
      upper = true;
    } else {
      out += upper ? static_cast<char>(c - 'a' + 'A') : c;
      upper = false;
    }
  }
  return out;
}

}  // namespace

std::string camel_case(std::string_view snake_case) { return joined(snake_case, false); }

std::string pascal_case(std::string_view wire_type) { return joined(wire_type, true); }

}  // namespace orbit::catalog
