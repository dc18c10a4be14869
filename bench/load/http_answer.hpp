// HttpAnswerParser: reads one answer after another (HTTP/1.1 with Content-Length, as the node gives them) out of bytes
// that arrive in any pieces. Belongs to its connection.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "load/failure.hpp"

namespace orbit::bench {

struct HttpAnswer {
  int status = 0;
  std::string head;  // status line and headers
  std::string body = {};

  /// Empty where there is none of that name, which is matched without case.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

class HttpAnswerParser {
 public:
  /// Takes bytes off the front of `bytes` up to the end of the answer; nullopt while it is incomplete.
  [[nodiscard]] Outcome<std::optional<HttpAnswer>> take(std::string_view& bytes);

 private:
  Outcome<> read_head();

  bool in_body_ = false;
  std::size_t missing_ = 0;  // of the body
  HttpAnswer answer_;
};

/// The first string of that key in a JSON text; empty where there is none. For ids, tokens and the like: escapes are
/// not undone.
[[nodiscard]] std::string_view json_string(std::string_view json, std::string_view key);

/// The first number of that key; nullopt where there is none.
[[nodiscard]] std::optional<std::uint64_t> json_number(std::string_view json, std::string_view key);

}  // namespace orbit::bench
