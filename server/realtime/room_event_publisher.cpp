#include "realtime/room_event_publisher.hpp"

#include <stdexcept>

#include "realtime/channel.hpp"

namespace orbit::realtime {

using kernel::DomainEvent;

RoomEventPublisher::RoomEventPublisher(kernel::EventBus& bus, kernel::UnitOfWork& unit_of_work,
                                       const RoomProjections& projections, RealtimeHub& hub, StreamHistory& history,
                                       const FrameEncoder& encoder, kernel::MetricsRegistry& metrics)
    : unit_of_work_(unit_of_work),
      hub_(hub),
      history_(history),
      encoder_(encoder),
      published_counter_(metrics.counter("orbit_rooms_events_total", "Durable events that were told to rooms")) {
  for (const RoomProjection* projection : projections) {
    for (const std::string_view type : projection->types()) {
      bus.subscribe(type, [this, projection](const DomainEvent& event) { publish(*projection, event); });
    }
  }
}

void RoomEventPublisher::publish(const RoomProjection& projection, const DomainEvent& event) {
  const auto told =
      unit_of_work_.read([&](const kernel::ReadContext& context) { return projection.project(context, event); });
  if (!told) throw std::runtime_error(told.error().message);
  if (!*told) return;
  const auto frame = encoder_.encode((*told)->json, event.seq);
  hub_.broadcast(room_channel(event.workspace_id, (*told)->room), frame);
  history_.record(event.workspace_id, {event.seq, catalog::Audience::room, frame, std::nullopt, (*told)->room});
  published_counter_.add();
}

}  // namespace orbit::realtime
