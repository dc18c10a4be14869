#include "board/server/card.hpp"

namespace orbit::board {

Card Card::create(State state, kernel::Timestamp now) {
  Card card(std::move(state));
  card.record(CardAdded{card.state_.board_id, card.state_.id}, card.state_.workspace_id, now);
  return card;
}

void Card::move(Column column, kernel::Timestamp now) {
  if (state_.column == column) return;
  state_.column = column;
  record(CardMoved{state_.board_id, state_.id}, state_.workspace_id, now);
}

void Card::mark_removed(kernel::Timestamp now) {
  record(CardRemoved{state_.board_id, state_.id}, state_.workspace_id, now);
}

}  // namespace orbit::board
