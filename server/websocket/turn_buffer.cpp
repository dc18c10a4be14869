#include "websocket/turn_buffer.hpp"

#include <algorithm>
#include <utility>

namespace orbit::websocket {

TurnBuffer::FrameIndex TurnBuffer::add(realtime::SharedFrame frame) {
  any_deflated_ = any_deflated_ || !frame->deflated.empty();
  frames_.push_back(std::move(frame));
  return static_cast<FrameIndex>(frames_.size() - 1);
}

void TurnBuffer::forget(std::uint32_t slot) {
  if (slot < chains_.size()) chains_[slot] = Chain{};
}

std::span<const TurnBuffer::FrameIndex> TurnBuffer::peek(std::uint32_t slot) {
  taken_.clear();
  for (std::uint32_t link = chains_[slot].first; link != none; link = links_[link].next) {
    taken_.push_back(links_[link].frame);
  }
  return taken_;
}

std::span<const TurnBuffer::FrameIndex> TurnBuffer::take(std::uint32_t slot) {
  const auto taken = peek(slot);
  forget(slot);
  return taken;
}

bool TurnBuffer::would_overwrite(std::span<const FrameIndex> frames, bool deflates) const {
  if (frames.size() == 1) return false;
  const auto& joined = joined_[deflates && any_deflated_ ? 1 : 0].frames;
  return !joined.empty() && !std::ranges::equal(joined, frames);
}

TurnBuffer::Part TurnBuffer::join(std::span<const FrameIndex> frames, bool deflates) {
  if (frames.size() == 1) return {frames_[frames.front()]->bytes_for(deflates), 1};
  auto& [joined_frames, joined] = joined_[deflates && any_deflated_ ? 1 : 0];
  if (!joined_frames.empty() && std::ranges::equal(joined_frames, frames)) return {joined, frames.size()};

  joined_frames.clear();
  joined.clear();
  for (const FrameIndex index : frames) {
    const std::string& bytes = frames_[index]->bytes_for(deflates);
    if (!joined_frames.empty() && joined.size() + bytes.size() > max_part) break;
    joined.append(bytes);
    joined_frames.push_back(index);
  }
  return {joined, joined_frames.size()};
}

void TurnBuffer::clear() {
  frames_.clear();
  links_.clear();
  slots_.clear();
  for (Joined& joined : joined_) joined.frames.clear();
  any_deflated_ = false;
}

}  // namespace orbit::websocket
