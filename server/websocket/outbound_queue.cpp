#include "websocket/outbound_queue.hpp"

#include <algorithm>
#include <utility>

namespace orbit::websocket {

void OutboundQueue::push(realtime::SharedFrame frame, std::size_t written) {
  if (frames_.empty()) written_ = written;
  cost_ += cost(*frame);
  if (!frame->seq) ++ephemeral_;
  frames_.push_back(std::move(frame));
}

std::string_view OutboundQueue::front(std::string& scratch) const {
  constexpr std::size_t max_write = 64 * 1024;
  const std::string_view first = bytes_of(*frames_.front()).substr(written_);
  if (frames_.size() == 1 || first.size() >= max_write) return first;
  scratch.assign(first);
  for (auto it = frames_.begin() + 1; it != frames_.end(); ++it) {
    const std::string_view bytes = bytes_of(**it);
    if (scratch.size() + bytes.size() > max_write) break;
    scratch.append(bytes);
  }
  return scratch;
}

void OutboundQueue::consume(std::size_t bytes) {
  written_ += bytes;
  while (!frames_.empty() && written_ >= bytes_of(*frames_.front()).size()) {
    written_ -= bytes_of(*frames_.front()).size();
    cost_ -= cost(*frames_.front());
    if (!frames_.front()->seq) --ephemeral_;
    frames_.pop_front();
  }
}

std::size_t OutboundQueue::drop_ephemeral() {
  if (ephemeral_ == 0) return 0;
  note_dropped();
  return drop_unstarted_if([](const realtime::SharedFrame& frame) { return !frame->seq; });
}

std::size_t OutboundQueue::drop_unstarted() {
  return drop_unstarted_if([](const realtime::SharedFrame&) { return true; });
}

template <class Predicate>
std::size_t OutboundQueue::drop_unstarted_if(Predicate predicate) {
  const auto first_unstarted = frames_.begin() + (written_ > 0 ? 1 : 0);
  const auto dropped = std::remove_if(first_unstarted, frames_.end(), [&](const realtime::SharedFrame& frame) {
    if (!predicate(frame)) return false;
    cost_ -= cost(*frame);
    if (!frame->seq) --ephemeral_;
    return true;
  });
  const auto count = static_cast<std::size_t>(frames_.end() - dropped);
  frames_.erase(dropped, frames_.end());
  return count;
}

}  // namespace orbit::websocket
