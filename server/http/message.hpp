// An HTTP request and response as the rest of the room sees them, without the library that reads and writes them. Plain
// data: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orbit::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = {};
  std::string path = {};   // decoded, without the query; begins with '/'
  std::string query = {};  // as it came, without the '?'
  Headers headers = {};
  std::string body = {};
  std::string address = {};  // of the peer
  std::string id = {};       // for logs and problems
  int http_minor = 1;        // of HTTP/1.x

  /// By name, whatever the case; the first where there are several.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::vector<std::string_view> header_values(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;

  /// A decoded query parameter.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;

  /// A query parameter that is a whole number from 0 on, below 2^63; nullopt for anything else.
  [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const;

  /// Whether If-None-Match names the tag, quotes and all, in any of the ways of RFC 9110, 13.1.2.
  [[nodiscard]] bool has_etag(std::string_view etag) const;

  [[nodiscard]] bool changes_state() const { return method != "GET" && method != "HEAD" && method != "OPTIONS"; }
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

[[nodiscard]] Response json_response(int status, std::string body);

/// Adds what every browser is told of an answer, where the answer doesn't say it in its own way: that it is no page, no
/// script and no picture of anybody else's, and is shown in no frame.
void add_security_headers(Response& response);
[[nodiscard]] inline Response no_content() { return {204, {}, {}}; }

[[nodiscard]] bool same_header_name(std::string_view left, std::string_view right);

/// Turns %XX into bytes; nullopt for a malformed escape, a NUL, or a result that is not valid UTF-8.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace orbit::http
