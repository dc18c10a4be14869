// MessageDeflater: compresses messages as permessage-deflate has them (RFC 7692, section 7.2.1), each by itself, so
// that one result serves every socket. Belongs to one thread, and keeps about 35 kB.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace orbit::websocket {

class MessageDeflater {
 public:
  /// How far back it refers, as a power of two: a peer that unpacks with less memory can't read it. More would shorten
  /// hardly any frame, and cost time.
  static constexpr int window_bits = 12;

  MessageDeflater();
  ~MessageDeflater();

  /// The payload of a compressed message; nullopt where it would not be shorter than the text. Valid until the next
  /// call.
  [[nodiscard]] std::optional<std::string_view> deflate(std::string_view text);

 private:
  struct Stream;

  std::unique_ptr<Stream> stream_;
  std::string buffer_;
};

}  // namespace orbit::websocket
