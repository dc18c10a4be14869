// MessageInflater: unpacks messages that permessage-deflate compressed (RFC 7692, section 7.2.2), each by itself. One
// serves all sockets of a shard, since nothing is kept from message to message. Belongs to one thread, and keeps about
// 40 kB beside its result.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace orbit::websocket {

class MessageInflater {
 public:
  enum class Failure : std::uint8_t {
    corrupt,
    too_long,  // when unpacked
  };

  MessageInflater();
  ~MessageInflater();

  /// The message, if it has at most `limit` bytes: one byte beyond it the work ends. Takes the payload whole, without
  /// the four bytes that compressing left away. Valid until the next call.
  [[nodiscard]] std::expected<std::string_view, Failure> inflate(std::string_view payload, std::size_t limit);

 private:
  struct Stream;

  std::unique_ptr<Stream> stream_;
  std::string buffer_;
};

}  // namespace orbit::websocket
