// TurnBuffer: what one turn of the event loop has for each slot, so that it goes out in one write. Frames are kept
// once; what a slot is due is a chain of their indices. Shard's thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "realtime/frame.hpp"

namespace orbit::websocket {

class TurnBuffer {
 public:
  using FrameIndex = std::uint32_t;

  /// Keeps a frame for this turn.
  FrameIndex add(realtime::SharedFrame frame);

  /// Makes the frame due to the slot, after those before. Twice in a row is the same as once: that is how a socket on
  /// several channels of one broadcast gets it once.
  void append(std::uint32_t slot, FrameIndex frame);

  /// The slot is due nothing any more.
  void forget(std::uint32_t slot);

  /// Whether the turn should end before it takes more memory.
  [[nodiscard]] bool full() const { return links_.size() >= max_links; }

  [[nodiscard]] bool is_due(std::uint32_t slot) const { return slot < chains_.size() && chains_[slot].first != none; }

  /// Slots that were appended to, in order; a slot that was forgotten in between may be there, or there twice.
  [[nodiscard]] std::span<const std::uint32_t> slots() const { return slots_; }

  /// The slot's chain, which ends with this. Valid until the next call.
  [[nodiscard]] std::span<const FrameIndex> take(std::uint32_t slot);

  /// The slot's chain, which stays. Valid until the next call of this or take.
  [[nodiscard]] std::span<const FrameIndex> peek(std::uint32_t slot);

  /// Whether join would write over bytes that it gave out before.
  [[nodiscard]] bool would_overwrite(std::span<const FrameIndex> frames, bool deflates) const;

  [[nodiscard]] const realtime::SharedFrame& frame(FrameIndex index) const { return frames_[index]; }

  struct Part {
    std::string_view bytes;
    std::size_t frames = 0;
  };

  /// The bytes of the first of the frames, and of as many of those behind it as belong into the same write, for a
  /// socket that takes compressed frames or one that doesn't. Sockets of a kind that are due the same, one after
  /// another, share the work. Valid until the next call.
  [[nodiscard]] Part join(std::span<const FrameIndex> frames, bool deflates);

  /// Starts the next turn.
  void clear();

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr std::size_t max_links = 256 * 1024;  // 2 MiB
  static constexpr std::size_t max_part = 64 * 1024;    // bytes

  struct Link {
    FrameIndex frame;
    std::uint32_t next;
  };
  struct Joined {
    std::vector<FrameIndex> frames;  // what the bytes are made of
    std::string bytes;
  };
  struct Chain {
    std::uint32_t first = none;
    std::uint32_t last = none;
    FrameIndex last_frame = none;
  };

  std::vector<realtime::SharedFrame> frames_;
  std::vector<Link> links_;
  std::vector<Chain> chains_;  // by slot
  std::vector<std::uint32_t> slots_;
  std::vector<FrameIndex> taken_;
  bool any_deflated_ = false;     // of frames_
  std::array<Joined, 2> joined_;  // plain, and for sockets that take compressed frames
};

// Here, since it is all that a broadcast does for each socket.
inline void TurnBuffer::append(std::uint32_t slot, FrameIndex frame) {
  if (slot >= chains_.size()) chains_.resize(slot + 1);
  Chain& chain = chains_[slot];
  if (chain.last_frame == frame) return;
  const auto link = static_cast<std::uint32_t>(links_.size());
  links_.push_back({frame, none});
  if (chain.first == none) {
    chain.first = link;
    slots_.push_back(slot);
  } else {
    links_[chain.last].next = link;
  }
  chain.last = link;
  chain.last_frame = frame;
}

}  // namespace orbit::websocket
