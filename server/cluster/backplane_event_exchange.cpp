#include "cluster/backplane_event_exchange.hpp"

#include "cluster/event_message.hpp"

namespace orbit::cluster {

namespace {

constexpr const char* kind = "event";

}  // namespace

BackplaneEventExchange::BackplaneEventExchange(Switchboard& switchboard, const Subjects& subjects)
    : switchboard_(switchboard), subjects_(subjects) {
  switchboard_.handle(kind, [this](const Message& message) { return received(message); });
  switchboard_.add_listener(*this);
}

// What is too big for the backplane is read again by those who hear of it.
void BackplaneEventExchange::publish(const kernel::DomainEvent& event, const realtime::Projection& projection) {
  if (!switchboard_.is_connected()) return;
  std::string fields = to_fields(event, projection);
  if (fields.size() > switchboard_.max_fields(kind)) fields = to_fields(event, std::nullopt);
  switchboard_.publish(subjects_.workspace(event.workspace_id), kind, fields);
}

void BackplaneEventExchange::hold(kernel::WorkspaceId workspace) {
  const std::string subject = subjects_.workspace(workspace);
  held_.emplace(subject, workspace);
  if (switchboard_.subscribe(subject)) listener_->may_have_missed(workspace);
}

void BackplaneEventExchange::release(kernel::WorkspaceId workspace) {
  const std::string subject = subjects_.workspace(workspace);
  held_.erase(subject);
  switchboard_.unsubscribe(subject);
}

bool BackplaneEventExchange::received(const Message& message) {
  auto told = event_message_from(message.text);
  if (!told) return false;
  listener_->received(told->event, std::move(told->projection));
  return true;
}

void BackplaneEventExchange::subscribed(std::string_view subject) {
  const auto held = held_.find(subject);
  if (held != held_.end()) listener_->may_have_missed(held->second);
}

void BackplaneEventExchange::messages_lost() { listener_->may_have_missed_any(); }

}  // namespace orbit::cluster
