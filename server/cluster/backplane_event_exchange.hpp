// BackplaneEventExchange: events between nodes by way of the backplane. Belongs to the realtime thread.
#pragma once

#include <map>
#include <string>

#include "cluster/event_exchange.hpp"
#include "cluster/subjects.hpp"
#include "cluster/switchboard.hpp"

namespace orbit::cluster {

class BackplaneEventExchange final : public EventExchange, ConnectionListener {
 public:
  /// Before the switchboard is started.
  BackplaneEventExchange(Switchboard& switchboard, const Subjects& subjects);

  void listen(EventExchangeListener& listener) override { listener_ = &listener; }
  void publish(const kernel::DomainEvent& event, const realtime::Projection& projection) override;
  void hold(kernel::WorkspaceId workspace) override;
  void release(kernel::WorkspaceId workspace) override;
  [[nodiscard]] bool is_up() const override { return switchboard_.is_connected(); }

 private:
  bool received(const Message& message);
  void subscribed(std::string_view subject) override;
  void messages_lost() override;

  Switchboard& switchboard_;
  const Subjects subjects_;
  EventExchangeListener* listener_ = nullptr;
  std::map<std::string, kernel::WorkspaceId, std::less<>> held_;  // by subject
};

}  // namespace orbit::cluster
