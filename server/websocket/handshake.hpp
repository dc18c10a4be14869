// The server's half of the opening handshake (RFC 6455, section 4.2; RFC 7692), for any HTTP parser. Who asks, and from
// which origin, is decided before. Plain functions: any thread.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orbit::websocket {

/// All values of the header of that name, which is given in its usual spelling and to be matched without case; each
/// as received, without the white space around it.
using HeaderValues = std::function<std::vector<std::string_view>(std::string_view name)>;

struct UpgradeRequest {
  std::string_view method;
  int http_major = 1;
  int http_minor = 1;
  HeaderValues header_values;
};

struct HandshakeAccept {
  std::string sec_websocket_accept = {};
  std::string response = {};  // the whole 101 answer, ready for the socket
  bool deflates = false;      // it agrees on permessage-deflate
};

/// An answer to give instead. All text is static.
struct HandshakeRejection {
  int status = 400;                                                         // 400 or 426
  std::string_view code;                                                    // stable: "websocket.version"
  std::string_view message;                                                 // for people
  std::vector<std::pair<std::string_view, std::string_view>> headers = {};  // to send along
};

/// Of what is offered only permessage-deflate is ever agreed on, where that is wanted: subprotocols and other
/// extensions go unanswered, which declines them.
[[nodiscard]] std::expected<HandshakeAccept, HandshakeRejection> accept_handshake(const UpgradeRequest& request,
                                                                                  bool wants_deflate);

}  // namespace orbit::websocket
