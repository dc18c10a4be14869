// Frame: bytes ready for the socket, made once for each broadcast and shared by every socket that gets them.
// Immutable once made: any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "kernel/clock.hpp"
#include "kernel/domain_event.hpp"

namespace orbit::realtime {

struct Frame {
  std::string bytes;                              // as they go to the socket
  std::size_t header_size = 0;                    // how many of them come before the payload
  std::optional<kernel::Seq> seq = std::nullopt;  // of a durable event; a frame without may be dropped under pressure
  std::string deflated = {};  // what sockets that take compressed frames get instead; empty where it isn't worth it
  bool skippable = false;     // says what is so now: never waits behind other bytes, since what is so then is told then
  kernel::SteadyTime committed_at{};  // what it tells of; zero where that is not known

  [[nodiscard]] std::string_view payload() const { return std::string_view(bytes).substr(header_size); }

  /// What goes to a socket that takes compressed frames, or to one that doesn't.
  [[nodiscard]] const std::string& bytes_for(bool deflates) const {
    return deflates && !deflated.empty() ? deflated : bytes;
  }
};

using SharedFrame = std::shared_ptr<const Frame>;

/// Several frames as one run of bytes, in their order, with the seq of the last; its payload() is the whole run.
/// nullptr for none.
[[nodiscard]] inline SharedFrame join(std::span<const SharedFrame> frames) {
  if (frames.empty()) return nullptr;
  if (frames.size() == 1) return frames.front();
  const auto run = [frames](bool deflates) {
    std::string bytes;
    std::size_t size = 0;
    for (const SharedFrame& frame : frames) size += frame->bytes_for(deflates).size();
    bytes.reserve(size);
    for (const SharedFrame& frame : frames) bytes += frame->bytes_for(deflates);
    return bytes;
  };
  Frame joined;
  joined.bytes = run(false);
  const bool some_deflated = std::ranges::any_of(frames, [](const auto& frame) { return !frame->deflated.empty(); });
  if (some_deflated) joined.deflated = run(true);
  joined.seq = frames.back()->seq;
  return std::make_shared<const Frame>(std::move(joined));
}

/// Frames a text payload for the socket's protocol; the websocket room brings the one there is. Any thread.
class FrameEncoder {
 public:
  virtual ~FrameEncoder() = default;
  [[nodiscard]] virtual SharedFrame encode(std::string_view text, std::optional<kernel::Seq> seq,
                                           kernel::SteadyTime committed_at = {}) const = 0;

  /// The same for one socket only: what else there is to do for it is left to its own thread.
  [[nodiscard]] virtual SharedFrame encode_for_one(std::string_view text, std::optional<kernel::Seq> seq) const {
    return encode(text, seq);
  }
};

}  // namespace orbit::realtime
