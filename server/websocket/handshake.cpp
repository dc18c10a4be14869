#include "websocket/handshake.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "websocket/deflate_negotiation.hpp"

namespace orbit::websocket {
namespace {

constexpr std::string_view white_space = " \t";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// Whether the comma-separated lists in `values` name the token, in any case.
bool names_token(const std::vector<std::string_view>& values, std::string_view token) {
  for (std::string_view rest : values) {
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      if (equal_ignoring_case(trimmed(rest.substr(0, comma)), token)) return true;
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
  }
  return false;
}

/// Sixteen bytes in base64 are 22 characters and two of padding.
bool is_key(std::string_view key) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return key.size() == 24 && key.ends_with("==") && key.find_first_not_of(alphabet) == 22;
}

std::string accept_value(std::string_view key) {
  const std::string input = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size)};
}

HandshakeAccept answer(std::string accept_value, const std::optional<std::string>& extension) {
  std::string response =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
      accept_value + "\r\n";
  if (extension) response += "Sec-WebSocket-Extensions: " + *extension + "\r\n";
  return {std::move(accept_value), response + "\r\n", extension.has_value()};
}

std::unexpected<HandshakeRejection> malformed(std::string_view code, std::string_view message) {
  return std::unexpected(HandshakeRejection{400, code, message});
}

std::unexpected<HandshakeRejection> upgrade_required(std::string_view code, std::string_view message) {
  return std::unexpected(HandshakeRejection{
      426, code, message, {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Version", "13"}}});
}

}  // namespace

std::expected<HandshakeAccept, HandshakeRejection> accept_handshake(const UpgradeRequest& request, bool wants_deflate) {
  const auto& values = request.header_values;
  if (request.method != "GET") return malformed("websocket.method", "A WebSocket is opened with GET.");
  if (request.http_major != 1 || request.http_minor != 1) {
    return malformed("websocket.http_version", "A WebSocket is opened over HTTP/1.1.");
  }
  if (values("Host").size() != 1) return malformed("websocket.host", "Exactly one Host header is needed.");
  if (!names_token(values("Upgrade"), "websocket")) {
    return upgrade_required("websocket.upgrade", "This address speaks WebSocket: send Upgrade: websocket.");
  }
  if (!names_token(values("Connection"), "upgrade")) {
    return malformed("websocket.connection", "The Connection header must name Upgrade.");
  }
  const auto versions = values("Sec-WebSocket-Version");
  if (versions.size() != 1 || trimmed(versions.front()) != "13") {
    return upgrade_required("websocket.version", "The WebSocket version must be 13.");
  }
  const auto keys = values("Sec-WebSocket-Key");
  if (keys.size() != 1 || !is_key(trimmed(keys.front()))) {
    return malformed("websocket.key", "Exactly one Sec-WebSocket-Key of 16 bytes in base64 is needed.");
  }

  const auto offers = read_extension_offers(values("Sec-WebSocket-Extensions"));
  if (!offers) return malformed("websocket.extensions", "The Sec-WebSocket-Extensions header is malformed.");
  return answer(accept_value(trimmed(keys.front())), wants_deflate ? answer_deflate_offers(*offers) : std::nullopt);
}

}  // namespace orbit::websocket
