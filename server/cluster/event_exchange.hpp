// EventExchange: how nodes tell each other of events: what was committed, and what it tells tabs. Belongs to the
// realtime thread.
#pragma once

#include <optional>

#include "realtime/event_projector.hpp"

namespace orbit::cluster {

/// ClusterEventRelay is the one there is.
class EventExchangeListener {
 public:
  virtual ~EventExchangeListener() = default;

  /// What another node told; nullopt where it did not say what the event tells tabs.
  virtual void received(const kernel::DomainEvent& event, std::optional<realtime::Projection> projection) = 0;

  /// Something of the workspace, or of any, may have been told and not been heard here.
  virtual void may_have_missed(kernel::WorkspaceId workspace) = 0;
  virtual void may_have_missed_any() = 0;
};

class EventExchange {
 public:
  virtual ~EventExchange() = default;

  /// Before all else. The listener outlives the last call of this.
  virtual void listen(EventExchangeListener& listener) = 0;

  /// Tells the other nodes with sockets in the event's workspace. May be lost.
  virtual void publish(const kernel::DomainEvent& event, const realtime::Projection& projection) = 0;

  /// From now on, or no longer, what other nodes tell of the workspace is heard here.
  virtual void hold(kernel::WorkspaceId workspace) = 0;
  virtual void release(kernel::WorkspaceId workspace) = 0;

  /// Whether what is published is likely to arrive.
  [[nodiscard]] virtual bool is_up() const = 0;
};

/// Where there is no backplane: nodes find what others committed in the log.
class NoEventExchange final : public EventExchange {
 public:
  void listen(EventExchangeListener&) override {}
  void publish(const kernel::DomainEvent&, const realtime::Projection&) override {}
  void hold(kernel::WorkspaceId) override {}
  void release(kernel::WorkspaceId) override {}
  [[nodiscard]] bool is_up() const override { return false; }
};

}  // namespace orbit::cluster
