#include "cluster/switchboard.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "kernel/utf8_validator.hpp"

namespace orbit::cluster {

namespace {

constexpr std::string_view version_field = R"({"v":)";
constexpr std::string_view before_kind = R"({"v":1,"kind":")";
constexpr std::string_view before_from = R"(","from":")";
constexpr std::size_t uuid_size = 36;

struct Envelope {
  std::string_view kind;
  kernel::Uuid from;
};

bool is_other_version(std::string_view text) {
  if (!text.starts_with(version_field) || text.starts_with(before_kind)) return false;
  text.remove_prefix(version_field.size());
  const std::size_t digits = text.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string_view::npos && text[digits] == ',' && !text.starts_with("1,");
}

std::optional<Envelope> read_envelope(std::string_view text) {
  if (!text.starts_with(before_kind)) return std::nullopt;
  text.remove_prefix(before_kind.size());
  const std::size_t end = text.find('"');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view kind = text.substr(0, end);
  text.remove_prefix(end);
  if (!text.starts_with(before_from)) return std::nullopt;
  text.remove_prefix(before_from.size());
  const auto from = kernel::parse_uuid(text.substr(0, uuid_size));
  if (!from || !text.substr(uuid_size).starts_with('"')) return std::nullopt;
  return Envelope{kind, *from};
}

}  // namespace

Switchboard::Switchboard(std::unique_ptr<Backplane> backplane, kernel::Scheduler& scheduler,
                         const kernel::Uuid& incarnation, kernel::MetricsRegistry& metrics)
    : metrics_(metrics),
      incarnation_(incarnation),
      from_(kernel::to_string(incarnation)),
      malformed_counter_(ignored("malformed")),
      other_version_counter_(ignored("version")),
      unknown_kind_counter_(ignored("kind")),
      too_big_counter_(metrics.counter("orbit_cluster_too_big_total",
                                       "Messages that were not sent, being more than the backplane carries")),
      quiet_log_(scheduler),
      backplane_(std::move(backplane)) {}

Switchboard::~Switchboard() = default;

kernel::Metric& Switchboard::ignored(std::string_view reason) {
  return metrics_.counter("orbit_cluster_ignored_total", "Messages from other nodes that nothing came of, by why",
                          {{"reason", std::string(reason)}});
}

void Switchboard::handle(std::string kind, Handler handler) {
  kernel::Metric& received =
      metrics_.counter("orbit_cluster_received_total", "Messages from other nodes", {{"kind", kind}});
  kinds_.insert_or_assign(std::move(kind), Kind{std::move(handler), &received});
}

void Switchboard::add_listener(ConnectionListener& listener) { listeners_.push_back(&listener); }

void Switchboard::start() { backplane_->start(*this); }

bool Switchboard::subscribe(const std::string& subject) {
  Subscription& subscription = subscriptions_[subject];
  if (++subscription.users == 1) backplane_->subscribe(subject);
  return subscription.is_heard;
}

void Switchboard::unsubscribe(const std::string& subject) {
  const auto entry = subscriptions_.find(subject);
  if (entry == subscriptions_.end() || --entry->second.users > 0) return;
  subscriptions_.erase(entry);
  backplane_->unsubscribe(subject);
}

bool Switchboard::is_heard(std::string_view subject) const {
  const auto entry = subscriptions_.find(subject);
  return entry != subscriptions_.end() && entry->second.is_heard;
}

std::size_t Switchboard::max_fields(std::string_view kind) const {
  const std::size_t envelope = before_kind.size() + kind.size() + before_from.size() + uuid_size + 3;
  return std::max(backplane_->max_message(), envelope) - envelope;
}

bool Switchboard::publish(std::string_view subject, std::string_view kind, std::string_view fields) {
  if (fields.size() > max_fields(kind)) {
    too_big_counter_.add();
    quiet_log_.warn(
        fmt::format("cluster: a message {} of {} bytes is too big for {}", kind, fields.size(), backplane_->kind()));
    return false;
  }
  std::string text;
  text.reserve(before_kind.size() + kind.size() + before_from.size() + from_.size() + fields.size() + 3);
  text.append(before_kind).append(kind).append(before_from).append(from_).append("\"");
  if (!fields.empty()) text.append(",").append(fields);
  text.append("}");
  auto counter = sent_counters_.find(kind);
  if (counter == sent_counters_.end()) {
    kernel::Metric& sent =
        metrics_.counter("orbit_cluster_sent_total", "Messages to other nodes", {{"kind", std::string(kind)}});
    counter = sent_counters_.emplace(kind, &sent).first;
  }
  counter->second->add();
  backplane_->publish(subject, text);
  return true;
}

void Switchboard::received(std::string_view subject, std::string_view message) {
  if (is_other_version(message)) return other_version_counter_.add();
  const auto envelope = read_envelope(message);
  // Some of it goes on to tabs as it is.
  if (!envelope || !kernel::is_valid_utf8(message)) return malformed(subject, message);
  if (envelope->from == incarnation_) return;
  for (ConnectionListener* listener : listeners_) listener->heard(envelope->from);
  const auto kind = kinds_.find(envelope->kind);
  if (kind == kinds_.end()) return unknown_kind_counter_.add();
  kind->second.received->add();
  if (!kind->second.handler({envelope->from, subject, envelope->kind, message})) malformed(subject, message);
}

// Of the message itself no more than its beginning: what members send each other is none of the log's business.
void Switchboard::malformed(std::string_view subject, std::string_view message) {
  malformed_counter_.add();
  constexpr std::size_t envelope_size = 100;
  std::string beginning(message.substr(0, envelope_size));
  std::ranges::replace_if(beginning, [](char c) { return c < ' ' || c > '~'; }, '?');
  quiet_log_.warn(
      fmt::format("cluster: a malformed message of {} bytes on {}: {}", message.size(), subject, beginning));
}

void Switchboard::subscribed(std::string_view subject) {
  const auto entry = subscriptions_.find(subject);
  if (entry == subscriptions_.end()) return;
  entry->second.is_heard = true;
  for (ConnectionListener* listener : listeners_) listener->subscribed(subject);
}

void Switchboard::connected() {
  is_connected_ = true;
  deafen();
  for (ConnectionListener* listener : listeners_) listener->connected();
}

void Switchboard::disconnected(std::string_view) {
  is_connected_ = false;
  deafen();
  for (ConnectionListener* listener : listeners_) listener->disconnected();
}

void Switchboard::deafen() {
  for (auto& [subject, subscription] : subscriptions_) subscription.is_heard = false;
}

void Switchboard::messages_lost() {
  for (ConnectionListener* listener : listeners_) listener->messages_lost();
}

}  // namespace orbit::cluster
