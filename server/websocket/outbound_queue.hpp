// OutboundQueue: the frames that wait for one socket whose peer takes no more at present, and what was withheld from it
// meanwhile. Made only then. It holds references, not copies. Shard's thread.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "realtime/frame.hpp"

namespace orbit::websocket {

class OutboundQueue {
 public:
  /// Of a socket that takes compressed frames, or of one that doesn't.
  explicit OutboundQueue(bool deflates) : deflates_(deflates) {}

  /// What a frame counts for: its bytes, its place, and what it takes to keep them, which is most of it in a small one.
  [[nodiscard]] std::size_t cost(const realtime::Frame& frame) const {
    constexpr std::size_t allocations = 48;  // two, with what the heap notes of each
    return bytes_of(frame).size() + sizeof(realtime::SharedFrame) + sizeof(realtime::Frame) + allocations;
  }

  /// Appends a frame. Of the first one, `written` bytes may be gone already.
  void push(realtime::SharedFrame frame, std::size_t written = 0);

  [[nodiscard]] bool empty() const { return frames_.empty(); }
  [[nodiscard]] std::size_t cost() const { return cost_; }

  /// The bytes for the next write: what is left of the first frame, and what fits behind it, joined in `scratch`.
  /// Valid until either changes. The queue must not be empty.
  [[nodiscard]] std::string_view front(std::string& scratch) const;

  /// So many bytes of front were written.
  void consume(std::size_t bytes);

  /// Notes that a frame without seq was dropped instead of taken.
  void note_dropped() { has_dropped_ = true; }

  /// Whether any frame without seq was dropped.
  [[nodiscard]] bool has_dropped() const { return has_dropped_; }

  /// Notes that a skippable frame was withheld.
  void note_skipped() { has_skipped_ = true; }
  [[nodiscard]] bool has_skipped() const { return has_skipped_; }

  /// Drops the frames without seq of which nothing was written; says how many.
  std::size_t drop_ephemeral();

  /// Drops all frames of which nothing was written; says how many.
  std::size_t drop_unstarted();

 private:
  template <class Predicate>
  std::size_t drop_unstarted_if(Predicate predicate);
  [[nodiscard]] std::string_view bytes_of(const realtime::Frame& frame) const { return frame.bytes_for(deflates_); }

  bool deflates_;
  std::deque<realtime::SharedFrame> frames_;
  std::size_t written_ = 0;  // bytes of the first frame
  std::size_t cost_ = 0;
  bool has_dropped_ = false;
  bool has_skipped_ = false;
  std::size_t ephemeral_ = 0;  // frames without seq
};

}  // namespace orbit::websocket
