#include "app/stream_cursor_in.hpp"

namespace orbit::app {

kernel::Result<std::optional<realtime::StreamCursor>> stream_cursor_in(const http::Request& request) {
  auto epoch = request.parameter("epoch");
  if (!request.parameter("after")) {
    if (!epoch) return std::nullopt;
    return kernel::invalid_field("after", "required", "A cursor is a seq and its epoch: after is missing.");
  }
  if (!epoch) return kernel::invalid_field("epoch", "required", "A cursor is a seq and its epoch: epoch is missing.");
  const auto seq = request.number("after");
  if (!seq) return kernel::invalid_field("after", "not_a_number", "Must be a seq.");
  return realtime::StreamCursor{*std::move(epoch), *seq};
}

}  // namespace orbit::app
