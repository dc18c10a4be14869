#include "catalog/json_writer.hpp"

#include "catalog/camel_case.hpp"

namespace orbit::catalog::json {

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain_from, i - plain_from);
    plain_from = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default: {
        constexpr std::string_view hex = "0123456789abcdef";
        out += "\\u00";
        out += hex[c >> 4];
        out += hex[c & 0x0f];
      }
    }
  }
  out.append(text, plain_from);
  out += '"';
}

void append_key(std::string& out, std::string_view snake_case) {
  out += '"';
  out += camel_case(snake_case);
  out += "\":";
}

}  // namespace orbit::catalog::json
