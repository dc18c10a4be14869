// RoomEventPublisher: tells the tabs in a room of its durable events, and notes them for those who come back. Belongs
// to the realtime thread.
#pragma once

#include "kernel/event_bus.hpp"
#include "kernel/metrics.hpp"
#include "realtime/realtime_hub.hpp"
#include "realtime/room_projection.hpp"
#include "realtime/stream_history.hpp"

namespace orbit::realtime {

class RoomEventPublisher {
 public:
  /// Subscribes to `bus` for each type of the projections, which outlive this. An event that can't be projected is an
  /// exception, which the bus reports to its failure sink.
  RoomEventPublisher(kernel::EventBus& bus, kernel::UnitOfWork& unit_of_work, const RoomProjections& projections,
                     RealtimeHub& hub, StreamHistory& history, const FrameEncoder& encoder,
                     kernel::MetricsRegistry& metrics);

 private:
  void publish(const RoomProjection& projection, const kernel::DomainEvent& event);

  kernel::UnitOfWork& unit_of_work_;
  RealtimeHub& hub_;
  StreamHistory& history_;
  const FrameEncoder& encoder_;
  kernel::Metric& published_counter_;
};

}  // namespace orbit::realtime
