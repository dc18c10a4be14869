#include "cluster/broker_backplane.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

namespace orbit::cluster {

BrokerBackplane::BrokerBackplane(BrokerOptions options, kernel::Scheduler& realtime, kernel::MetricsRegistry& metrics)
    : options_(std::move(options)),
      metrics_(metrics, options_.kind),
      log_(realtime),
      inbox_(std::make_shared<BrokerInbox>(realtime, *this, options_.most_bytes_in)),
      thread_(options_.make_link, inbox_, metrics_, options_.most_bytes_out) {}

BrokerBackplane::~BrokerBackplane() {
  inbox_->close();
  metrics_.up.set(0);
  metrics_.subscriptions.set(0);
}

void BrokerBackplane::start(BackplaneListener& listener) {
  listener_ = &listener;
  thread_.start();
}

void BrokerBackplane::publish(std::string_view subject, std::string_view message) {
  if (message.size() > options_.max_message) {
    metrics_.drop(DropReason::too_large);
    log_.warn(fmt::format("backplane: dropped a message of {} bytes to {}, at most {} can be published", message.size(),
                          subject, options_.max_message));
    return;
  }
  if (!is_up_) return metrics_.drop(DropReason::disconnected);
  thread_.ask({.kind = CallKind::publish, .id = times_up_, .subject = subject, .message = message});
}

void BrokerBackplane::subscribe(std::string_view subject) {
  const auto [place, is_new] = subscriptions_.try_emplace(std::string(subject), last_subscription_ + 1);
  if (!is_new) return;
  ++last_subscription_;
  metrics_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.size()));
  thread_.ask({.kind = CallKind::subscribe, .id = last_subscription_, .subject = subject});
}

void BrokerBackplane::unsubscribe(std::string_view subject) {
  const auto place = subscriptions_.find(subject);
  if (place == subscriptions_.end()) return;
  thread_.ask({.kind = CallKind::unsubscribe, .subject = subject});
  subscriptions_.erase(place);
  metrics_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.size()));
}

void BrokerBackplane::take(const Call& call) {
  switch (call.kind) {
    case CallKind::received:
      return pass_on(call);
    case CallKind::subscribed:
      // One that was given up meanwhile may have been followed by another on the same subject.
      if (const auto place = subscriptions_.find(call.subject);
          place != subscriptions_.end() && place->second == call.id) {
        listener_->subscribed(call.subject);
      }
      return;
    case CallKind::connected:
      return note_connected();
    case CallKind::disconnected:
      return note_disconnected(call.message);
    default:
      log_.warn(fmt::format("backplane: messages from {} were dropped, this node can't keep up", options_.where));
      listener_->messages_lost();
  }
}

void BrokerBackplane::pass_on(const Call& call) {
  if (!subscriptions_.contains(call.subject)) return metrics_.unwanted.add();
  metrics_.received.add();
  metrics_.received_bytes.add(static_cast<std::int64_t>(call.subject.size() + call.message.size()));
  listener_->received(call.subject, call.message);
}

void BrokerBackplane::note_connected() {
  is_up_ = true;
  if (times_up_++ > 0) metrics_.reconnects.add();
  metrics_.up.set(1);
  spdlog::info("backplane: connected to {} at {}", options_.kind, options_.where);
  listener_->connected();
}

void BrokerBackplane::note_disconnected(std::string_view reason) {
  is_up_ = false;
  metrics_.up.set(0);
  spdlog::error("backplane: {} at {} is out of reach: {}", options_.kind, options_.where, reason);
  listener_->disconnected(reason);
}

}  // namespace orbit::cluster
