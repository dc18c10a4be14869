#include "peers/upgrade.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace orbit::peers {

std::optional<std::uint32_t> channel_in(std::string_view target) {
  constexpr std::string_view path = "/channel/";
  if (!target.starts_with(path)) return std::nullopt;
  std::uint32_t channel = 0;
  const auto [end, error] = std::from_chars(target.data() + path.size(), target.data() + target.size(), channel);
  return error == std::errc{} && end == target.data() + target.size() ? std::optional(channel) : std::nullopt;
}

std::string_view target_of(std::string_view request) {
  const auto start = request.find(' ');
  if (start == std::string_view::npos) return {};
  return request.substr(start + 1, request.find(' ', start + 1) - start - 1);
}

std::string switching_protocols(std::string_view request) {
  constexpr std::string_view name = "\r\nSec-WebSocket-Key: ";
  const auto start = request.find(name);
  if (start == std::string_view::npos) return {};
  std::string key(request.substr(start + name.size(), request.find("\r\n", start + 2) - start - name.size()));
  key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, section 1.3
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  std::array<unsigned char, 4 * ((SHA_DIGEST_LENGTH + 2) / 3) + 1> text{};
  EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
         std::string(reinterpret_cast<const char*>(text.data())) + "\r\n\r\n";
}

unsigned short port_argument(int argc, char** argv) {
  return argc > 1 ? static_cast<unsigned short>(std::strtoul(argv[1], nullptr, 10)) : 0;
}

void print_listening(unsigned short port) {
  std::printf("listening on ws://127.0.0.1:%u\n", port);
  std::fflush(stdout);
}

}  // namespace orbit::peers
