#include "cluster/broker_inbox.hpp"

namespace orbit::cluster {

namespace {
// In one task: the realtime thread's timers and sockets want their turn as well.
constexpr int calls_at_once = 1'000;
}  // namespace

bool BrokerInbox::add(const Call& call) {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return false;
  const bool fits = call.kind != CallKind::received || waiting_.bytes() < most_bytes_;
  if (fits) {
    waiting_.add(call);
  } else if (!has_dropped_) {
    waiting_.add({.kind = CallKind::messages_lost});
    has_dropped_ = true;
  }
  // Under the lock, since close() must be able to rely on nobody posting any more.
  if (!is_posted_) post();
  return fits;
}

void BrokerInbox::post() {
  is_posted_ = true;
  realtime_.post([self = shared_from_this()] { self->deliver(); });
}

void BrokerInbox::deliver() {
  for (int i = 0; i < calls_at_once; ++i) {
    if (receiver_ == nullptr) return;
    auto call = delivering_.take();
    if (!call) {
      const std::lock_guard lock(mutex_);
      delivering_.clear();
      std::swap(delivering_, waiting_);
      has_dropped_ = false;
      call = delivering_.take();
      if (!call) {
        is_posted_ = false;
        return;
      }
    }
    receiver_->take(*call);
  }
  const std::lock_guard lock(mutex_);
  if (!is_closed_) post();
}

void BrokerInbox::close() {
  receiver_ = nullptr;
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  waiting_.clear();
}

}  // namespace orbit::cluster
