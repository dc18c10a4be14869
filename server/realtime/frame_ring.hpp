// FrameRing: the latest durable frames of one workspace, so that a tab that was away gets what it missed without a read
// of the log. Belongs to the realtime thread.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "catalog/server_event.hpp"
#include "realtime/frame.hpp"

namespace orbit::realtime {

/// A durable frame, and who may see it.
struct HistoryEntry {
  kernel::Seq seq = 0;
  catalog::Audience audience = catalog::Audience::workspace;
  SharedFrame frame;
  std::optional<kernel::Uuid> permissions_of =
      std::nullopt;       // the member or role whose permissions it may have changed
  std::string room = {};  // where the audience is a room
};

/// What an entry takes beside the bytes of its frame: itself, the frame, and what the allocator adds to three blocks.
inline constexpr std::size_t entry_overhead = sizeof(HistoryEntry) + sizeof(Frame) + 64;

/// Which frames of a workspace a tab is sent.
struct Viewer {
  kernel::Uuid member{};
  kernel::Uuid role{};
  bool sees_invites = false;
  std::string room = {};  // a room's frames, and no others; empty: all but those of rooms
};

class FrameRing {
 public:
  struct Limits {
    std::size_t frames = 1'024;
    std::size_t bytes = 1024 * 1024;
  };

  /// `floor` is where the stream stands.
  FrameRing(kernel::Seq floor, const Limits& limits) : limits_(limits), floor_(floor) {}

  /// Every durable frame after this seq is here.
  [[nodiscard]] kernel::Seq floor() const { return floor_; }
  /// Of entries with their frames, and of those that were joined for tabs.
  [[nodiscard]] std::size_t bytes() const { return bytes_ + joined_bytes_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  /// The seq of the newest frame; the floor where there is none.
  [[nodiscard]] kernel::Seq newest() const { return entries_.empty() ? floor_ : entries_.back().seq; }

  /// Appends the newest, and lets go of the oldest past the limits.
  void push(HistoryEntry entry);

  /// Puts entries from the log, all those after `floor`, in the place of what is here. They stay whole, past the limits
  /// if need be, until `settle`.
  void fill(std::vector<HistoryEntry> entries, kernel::Seq floor);
  void settle();
  [[nodiscard]] bool is_held() const { return held_frames_ != 0; }

  /// Forgets everything up to `floor`.
  void clear(kernel::Seq floor);

  /// Whether an entry after `seq` may have given the viewer a permission that they see more with: then what they may
  /// see now began earlier than what is replayed.
  [[nodiscard]] bool may_have_gained(const Viewer& viewer, kernel::Seq seq) const;

  /// The viewer's frames after `seq`, joined: made once, and shared by all tabs that ask for the same. nullptr for
  /// none.
  [[nodiscard]] SharedFrame after(kernel::Seq seq, const Viewer& viewer);

 private:
  using Iterator = std::deque<HistoryEntry>::const_iterator;

  [[nodiscard]] Iterator first_after(kernel::Seq seq) const;
  void trim();
  void forget_joined();

  static constexpr std::size_t max_joined = 32;

  Limits limits_;
  kernel::Seq floor_;
  std::deque<HistoryEntry> entries_;
  std::size_t bytes_ = 0;
  std::size_t held_frames_ = 0;
  std::size_t held_bytes_ = 0;
  std::map<std::tuple<kernel::Seq, bool, std::string>, SharedFrame> joined_;  // by cursor, with invites or not, room
  std::size_t joined_bytes_ = 0;
};

}  // namespace orbit::realtime
