// EventBus: hands each DomainEvent to those who subscribed to its type.
// Subscriptions are made while the program is put together; publish is called on the relay's thread only.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kernel/domain_event.hpp"

namespace orbit::kernel {

class EventBus {
 public:
  using Handler = std::function<void(const DomainEvent&)>;
  /// Told of each handler that threw, and of each event that its handler could not read (a null exception).
  using FailureSink = std::function<void(const DomainEvent&, std::exception_ptr)>;

  explicit EventBus(FailureSink on_failure);

  template <DomainEventType Event, class TypedHandler>
    requires std::invocable<TypedHandler&, const Event&, const DomainEvent&>
  void subscribe(TypedHandler handler) {
    subscribe(Event::type, [this, handler = std::move(handler)](const DomainEvent& event) mutable {
      if (const auto typed = from_domain_event<Event>(event)) {
        handler(*typed, event);
      } else {
        on_failure_(event, nullptr);
      }
    });
  }

  void subscribe(std::string_view type, Handler handler);

  /// Subscribes a copy of `handler` to every event of an EventList: it must take each of them.
  template <class Events, class TypedHandler>
  void subscribe_each(const TypedHandler& handler) {
    using boost::mp11::mp_identity;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<mp_identity, Events>>(
        [&](auto listed) { subscribe<typename decltype(listed)::type>(handler); });
  }

  /// Calls each handler of the event's type, in the order they subscribed. A handler that throws is reported to the
  /// failure sink and stops neither the others nor the caller.
  void publish(const DomainEvent& event);

 private:
  std::unordered_map<std::string, std::vector<Handler>> handlers_;
  FailureSink on_failure_;
};

}  // namespace orbit::kernel
