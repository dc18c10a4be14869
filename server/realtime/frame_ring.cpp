#include "realtime/frame_ring.hpp"

#include <algorithm>

#include "kernel/fault.hpp"

namespace orbit::realtime {

using kernel::Seq;

namespace {

std::size_t cost(const SharedFrame& frame) { return frame->bytes.size() + frame->deflated.size(); }
std::size_t cost(const HistoryEntry& entry) { return entry_overhead + cost(entry.frame); }

bool sees(const Viewer& viewer, const HistoryEntry& entry) {
  if (entry.room != viewer.room) return false;
  return entry.audience != catalog::Audience::inviters || viewer.sees_invites;
}

}  // namespace

void FrameRing::push(HistoryEntry entry) {
  forget_joined();
  bytes_ += cost(entry);
  entries_.push_back(std::move(entry));
  trim();
}

void FrameRing::forget_joined() {
  joined_.clear();
  joined_bytes_ = 0;
}

void FrameRing::trim() {
  while (entries_.size() > held_frames_ + limits_.frames || bytes_ > held_bytes_ + limits_.bytes) {
    bytes_ -= cost(entries_.front());
    floor_ = entries_.front().seq;
    entries_.pop_front();
  }
}

void FrameRing::fill(std::vector<HistoryEntry> entries, Seq floor) {
  clear(floor);
  for (HistoryEntry& entry : entries) {
    bytes_ += cost(entry);
    entries_.push_back(std::move(entry));
  }
  held_frames_ = entries_.size();
  held_bytes_ = bytes_;
}

void FrameRing::settle() {
  held_frames_ = 0;
  held_bytes_ = 0;
  forget_joined();
  trim();
}

void FrameRing::clear(Seq floor) {
  forget_joined();
  entries_.clear();
  bytes_ = 0;
  held_frames_ = 0;
  held_bytes_ = 0;
  floor_ = floor;
}

FrameRing::Iterator FrameRing::first_after(Seq seq) const {
  return std::ranges::upper_bound(entries_, seq, {}, &HistoryEntry::seq);
}

bool FrameRing::may_have_gained(const Viewer& viewer, Seq seq) const {
  return viewer.sees_invites && std::any_of(first_after(seq), entries_.end(), [&](const HistoryEntry& entry) {
           return entry.permissions_of == viewer.member || entry.permissions_of == viewer.role;
         });
}

SharedFrame FrameRing::after(Seq seq, const Viewer& viewer) {
  const auto key = std::tuple(seq, viewer.sees_invites, viewer.room);
  if (const auto known = joined_.find(key); known != joined_.end()) return known->second;
  std::vector<SharedFrame> frames;
  for (auto entry = first_after(seq); entry != entries_.end(); ++entry) {
    if (sees(viewer, *entry)) frames.push_back(entry->frame);
  }
  if (kernel::is_broken(kernel::Fault::drop_last_frame) && !frames.empty()) frames.pop_back();
  if (joined_.size() >= max_joined) forget_joined();
  SharedFrame run = join(frames);
  if (frames.size() > 1) {
    joined_bytes_ += cost(run);
    joined_.emplace(key, run);
  }
  return run;
}

}  // namespace orbit::realtime
