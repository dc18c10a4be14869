#include "websocket/turn_buffer.hpp"

#include <algorithm>
#include <utility>

namespace orbit::websocket {

TurnBuffer::FrameIndex TurnBuffer::add(realtime::SharedFrame frame) {
  frames_.push_back(std::move(frame));
  return static_cast<FrameIndex>(frames_.size() - 1);
}

void TurnBuffer::forget(std::uint32_t slot) {
  if (slot < chains_.size()) chains_[slot] = Chain{};
}

std::span<const TurnBuffer::FrameIndex> TurnBuffer::take(std::uint32_t slot) {
  taken_.clear();
  for (std::uint32_t link = std::exchange(chains_[slot], {}).first; link != none; link = links_[link].next) {
    taken_.push_back(links_[link].frame);
  }
  return taken_;
}

TurnBuffer::Part TurnBuffer::join(std::span<const FrameIndex> frames) {
  if (frames.size() == 1) return {frames_[frames.front()]->bytes, 1};
  if (!joined_frames_.empty() && std::ranges::equal(joined_frames_, frames)) return {joined_, frames.size()};

  joined_frames_.clear();
  joined_.clear();
  for (const FrameIndex index : frames) {
    const std::string& bytes = frames_[index]->bytes;
    if (!joined_frames_.empty() && joined_.size() + bytes.size() > max_part) break;
    joined_.append(bytes);
    joined_frames_.push_back(index);
  }
  return {joined_, joined_frames_.size()};
}

void TurnBuffer::clear() {
  frames_.clear();
  links_.clear();
  slots_.clear();
  joined_frames_.clear();
}

}  // namespace orbit::websocket
