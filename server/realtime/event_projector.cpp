#include "realtime/event_projector.hpp"

#include "catalog/json.hpp"

namespace orbit::realtime {

using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Result;

CommittedStateProjector::CommittedStateProjector(kernel::UnitOfWork& unit_of_work, const EventProjection& projection,
                                                 const RoomProjections& rooms, const kernel::Clock& clock,
                                                 kernel::MetricsRegistry& metrics)
    : unit_of_work_(unit_of_work),
      projection_(projection),
      clock_(clock),
      dropped_counter_(metrics.counter("orbit_publisher_dropped_total",
                                       "Events that told tabs nothing: what they are about was gone already")),
      duration_(metrics.histogram("orbit_projection_seconds",
                                  "Reading again what one event is about, or several at once, and making their DTOs")) {
  for (const RoomProjection* room : rooms) {
    for (const std::string_view type : room->types()) rooms_.emplace(type, room);
  }
}

Result<Projection> CommittedStateProjector::project(const DomainEvent& event) {
  const auto started = clock_.steady_now();
  auto projected = unit_of_work_.read([&](const ReadContext& context) { return project_in(context, event); });
  duration_.observe(clock_.steady_now() - started);
  return projected;
}

Result<std::vector<Projection>> CommittedStateProjector::project_all(std::span<const DomainEvent> events) {
  const auto started = clock_.steady_now();
  auto projections = unit_of_work_.read([&](const ReadContext& context) -> Result<std::vector<Projection>> {
    std::vector<Projection> all;
    for (const DomainEvent& event : events) {
      auto projected = project_in(context, event);
      if (!projected) return std::unexpected(projected.error());
      all.push_back(*std::move(projected));
    }
    return all;
  });
  duration_.observe(clock_.steady_now() - started);
  return projections;
}

Result<Projection> CommittedStateProjector::project_in(const ReadContext& context, const DomainEvent& event) {
  Projection projected;
  if (const auto room = rooms_.find(event.type); room != rooms_.end()) {
    auto told = room->second->project(context, event);
    if (!told) return std::unexpected(told.error());
    if (*told) projected = {std::move((*told)->json), catalog::Audience::room, std::move((*told)->room)};
  } else if (const auto told = projection_.project(context, event)) {
    const auto audience = std::visit([](const auto& held) { return held.audience; }, *told);
    projected = {catalog::to_json(*told, event.seq), audience};
  }
  if (!projected) dropped_counter_.add();
  return projected;
}

}  // namespace orbit::realtime
