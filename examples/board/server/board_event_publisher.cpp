#include "board/server/board_event_publisher.hpp"

#include <stdexcept>

#include "catalog/json_writer.hpp"
#include "realtime/channel.hpp"

namespace orbit::board {

using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Result;

namespace {

// The event around the card, if there is one.
template <class Event>
std::optional<BoardEvent> with(const std::optional<Card>& card) {
  if (!card) return std::nullopt;
  const Card::State& state = card->state();
  return Event{{state.id, state.board_id, state.title, state.column}};
}

}  // namespace

BoardEventPublisher::BoardEventPublisher(kernel::EventBus& bus, kernel::UnitOfWork& unit_of_work,
                                         const CardRepository& cards, realtime::RealtimeHub& hub,
                                         const realtime::FrameEncoder& encoder)
    : unit_of_work_(unit_of_work), cards_(cards), hub_(hub), encoder_(encoder) {
  bus.subscribe_each<Events>([this](const auto& event, const DomainEvent& cause) { publish(event, cause); });
}

BoardEventPublisher::Projected BoardEventPublisher::project(const ReadContext& context, const CardAdded& event) const {
  return with<wire::CardAdded>(cards_.find(context, event.card_id));
}

BoardEventPublisher::Projected BoardEventPublisher::project(const ReadContext& context, const CardMoved& event) const {
  return with<wire::CardMoved>(cards_.find(context, event.card_id));
}

BoardEventPublisher::Projected BoardEventPublisher::project(const ReadContext&, const CardRemoved& event) const {
  return wire::CardRemoved{event.board_id, event.card_id};
}

template <class Event>
void BoardEventPublisher::publish(const Event& event, const DomainEvent& cause) {
  const auto found =
      unit_of_work_.read([&](const ReadContext& context) -> Result<Projected> { return project(context, event); });
  if (!found) throw std::runtime_error(found.error().message);
  if (!*found) return;
  const auto frame = encoder_.encode(catalog::json::event_frame(**found, cause.seq), cause.seq);
  hub_.broadcast(realtime::room_channel(cause.workspace_id, event.board_id.str()), frame);
}

}  // namespace orbit::board
