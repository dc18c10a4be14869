#include "board/server/board_projection.hpp"

#include "catalog/json_writer.hpp"

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

std::vector<std::string_view> BoardProjection::types() const { return kernel::types_of<Events>(); }

Result<std::optional<realtime::RoomEvent>> BoardProjection::project(const ReadContext& context,
                                                                    const DomainEvent& event) const {
  std::optional<realtime::RoomEvent> told;
  const bool is_read = kernel::visit_event<Events>(event, [&](const auto& typed) {
    const Projected projected = project(context, typed);
    if (projected) told = {typed.board_id.str(), catalog::json::event_frame(*projected, event.seq)};
  });
  if (!is_read) return kernel::failure(kernel::ErrorKind::internal, "board.unreadable", "No event of a board.");
  return told;
}

BoardProjection::Projected BoardProjection::project(const ReadContext& context, const CardAdded& event) const {
  return with<wire::CardAdded>(cards_.find(context, event.card_id));
}

BoardProjection::Projected BoardProjection::project(const ReadContext& context, const CardMoved& event) const {
  return with<wire::CardMoved>(cards_.find(context, event.card_id));
}

BoardProjection::Projected BoardProjection::project(const ReadContext&, const CardRemoved& event) const {
  return wire::CardRemoved{event.board_id, event.card_id};
}

}  // namespace orbit::board
