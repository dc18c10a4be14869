// Where a tab that opens a socket wants to go on from, as its request says it. Plain function: any thread.
#pragma once

#include <optional>

#include "http/message.hpp"
#include "kernel/error.hpp"
#include "realtime/stream_cursor.hpp"

namespace orbit::app {

/// From "after" and "epoch", which come together; nullopt where the tab begins. An epoch that can't be one of ours is
/// passed on: that it is foreign is for the stream to say.
[[nodiscard]] kernel::Result<std::optional<realtime::StreamCursor>> stream_cursor_in(const http::Request& request);

}  // namespace orbit::app
