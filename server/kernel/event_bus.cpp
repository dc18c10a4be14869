#include "kernel/event_bus.hpp"

namespace orbit::kernel {

EventBus::EventBus(FailureSink on_failure) : on_failure_(std::move(on_failure)) {}

void EventBus::subscribe(std::string_view type, Handler handler) {
  handlers_[std::string(type)].push_back(std::move(handler));
}

void EventBus::publish(const DomainEvent& event) {
  const auto found = handlers_.find(event.type);
  if (found == handlers_.end()) return;
  for (const Handler& handler : found->second) {
    try {
      handler(event);
    } catch (...) {
      on_failure_(event, std::current_exception());
    }
  }
}

}  // namespace orbit::kernel
