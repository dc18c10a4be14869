// RequestHead: holds the head of a request against the grammar of RFC 9112 as its bytes arrive, before the library's
// parser sees it. Stricter than that parser, and than the RFC where it leaves room: what two programs could read
// differently is refused. Belongs to its connection, on the server's thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orbit::http {

class RequestHead {
 public:
  enum class State { unfinished, complete, malformed };

  /// `bytes` are all that have come of the request so far; those seen before are not looked at again.
  [[nodiscard]] State look_at(std::string_view bytes);

  /// Once complete: its size, with the empty line at its end.
  [[nodiscard]] std::size_t size() const { return seen_; }

 private:
  [[nodiscard]] bool takes(std::string_view bytes, char c);
  [[nodiscard]] bool takes_line(std::string_view line);
  [[nodiscard]] bool takes_request_line(std::string_view line);
  [[nodiscard]] bool takes_field(std::string_view line);
  [[nodiscard]] bool is_sound() const;

  std::size_t seen_ = 0;
  std::size_t line_from_ = 0;
  bool after_cr_ = false;
  bool complete_ = false;
  int minor_ = -1;                        // of HTTP/1.x; -1: the request line has not come yet
  std::optional<std::string> authority_;  // of a target in absolute form
  std::optional<std::string> host_ = std::nullopt;
  bool has_length_ = false;
  bool is_chunked_ = false;
};

}  // namespace orbit::http
