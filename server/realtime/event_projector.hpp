// EventProjector: what a DomainEvent tells tabs, as the text of a frame. Belongs to the realtime thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/metrics.hpp"
#include "realtime/event_projection.hpp"
#include "realtime/room_projection.hpp"

namespace orbit::realtime {

struct ProjectedEvent {
  std::string json;  // its type and seq in it
  catalog::Audience audience = catalog::Audience::workspace;
  std::string room = {};  // where the audience is a room
};

/// nullopt where there is nothing to tell, or what the event is about is gone.
using Projection = std::optional<ProjectedEvent>;

class EventProjector {
 public:
  virtual ~EventProjector() = default;

  /// Error: the database's.
  [[nodiscard]] virtual kernel::Result<Projection> project(const kernel::DomainEvent& event) = 0;

  /// Of several events, as they stand at one time.
  [[nodiscard]] virtual kernel::Result<std::vector<Projection>> project_all(
      std::span<const kernel::DomainEvent> events) = 0;
};

/// Projects from what is committed now.
class CommittedStateProjector final : public EventProjector {
 public:
  CommittedStateProjector(kernel::UnitOfWork& unit_of_work, const EventProjection& projection,
                          const RoomProjections& rooms, const kernel::Clock& clock, kernel::MetricsRegistry& metrics);

  [[nodiscard]] kernel::Result<Projection> project(const kernel::DomainEvent& event) override;
  [[nodiscard]] kernel::Result<std::vector<Projection>> project_all(
      std::span<const kernel::DomainEvent> events) override;

 private:
  kernel::Result<Projection> project_in(const kernel::ReadContext& context, const kernel::DomainEvent& event);

  kernel::UnitOfWork& unit_of_work_;
  EventProjection projection_;
  std::unordered_map<std::string_view, const RoomProjection*> rooms_;  // by type of event
  const kernel::Clock& clock_;
  kernel::Metric& dropped_counter_;
  kernel::Histogram& duration_;
};

}  // namespace orbit::realtime
