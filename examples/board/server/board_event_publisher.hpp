// BoardEventPublisher: turns the board's DomainEvents into BoardEvents on the channel of the board's room.
// Belongs to the realtime thread.
#pragma once

#include <optional>

#include "board/server/board_event.hpp"
#include "kernel/event_bus.hpp"
#include "realtime/realtime_hub.hpp"

namespace orbit::board {

class BoardEventPublisher {
 public:
  /// Subscribes to `bus`. A database that fails it is an exception, which the bus reports to its failure sink.
  BoardEventPublisher(kernel::EventBus& bus, kernel::UnitOfWork& unit_of_work, const CardRepository& cards,
                      realtime::RealtimeHub& hub, const realtime::FrameEncoder& encoder);

 private:
  using Projected = std::optional<BoardEvent>;

  // nullopt where the card is gone by now. An event of board::Events that has no overload doesn't compile.
  Projected project(const kernel::ReadContext& context, const CardAdded& event) const;
  Projected project(const kernel::ReadContext& context, const CardMoved& event) const;
  Projected project(const kernel::ReadContext& context, const CardRemoved& event) const;

  template <class Event>
  void publish(const Event& event, const kernel::DomainEvent& cause);

  kernel::UnitOfWork& unit_of_work_;
  const CardRepository& cards_;
  realtime::RealtimeHub& hub_;
  const realtime::FrameEncoder& encoder_;
};

}  // namespace orbit::board
