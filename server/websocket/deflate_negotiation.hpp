// The server's side of agreeing on permessage-deflate (RFC 7692, section 7.1). Plain functions: any thread.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "websocket/extension_offers.hpp"

namespace orbit::websocket {

/// What to answer to the first offer that can be accepted; nullopt where none can. Neither side ever keeps its window
/// from message to message: so a frame is compressed once for all, and a connection costs no memory for it.
[[nodiscard]] std::optional<std::string> answer_deflate_offers(std::span<const ExtensionOffer> offers);

}  // namespace orbit::websocket
