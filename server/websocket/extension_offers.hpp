// What a client offers in Sec-WebSocket-Extensions, as RFC 6455, section 9.1 has it written. Plain functions: any
// thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orbit::websocket {

struct ExtensionOffer {
  struct Parameter {
    std::string name;
    std::optional<std::string> value = std::nullopt;  // without its quotes

    bool operator==(const Parameter&) const = default;
  };

  std::string name;
  std::vector<Parameter> parameters = {};

  bool operator==(const ExtensionOffer&) const = default;
};

/// The offers of all headers of that name, those preferred first; nullopt if they are malformed.
[[nodiscard]] std::optional<std::vector<ExtensionOffer>> read_extension_offers(
    std::span<const std::string_view> headers);

}  // namespace orbit::websocket
