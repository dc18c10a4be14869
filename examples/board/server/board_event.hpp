// BoardEvents: what the tabs that show a board receive, each with its wire type. Plain data: any thread.
#pragma once

#include <string>
#include <variant>

#include "board/server/card.hpp"

namespace orbit::board {

namespace wire {

struct CardDTO {
  CardId id;
  BoardId board_id;
  std::string title;
  Column column = Column::todo;
};
BOOST_DESCRIBE_STRUCT(CardDTO, (), (id, board_id, title, column))

struct CardAdded {
  static constexpr std::string_view type = "card.added";
  CardDTO card;
};
BOOST_DESCRIBE_STRUCT(CardAdded, (), (card))

struct CardMoved {
  static constexpr std::string_view type = "card.moved";
  CardDTO card;
};
BOOST_DESCRIBE_STRUCT(CardMoved, (), (card))

struct CardRemoved {
  static constexpr std::string_view type = "card.removed";
  BoardId board_id;
  CardId card_id;
};
BOOST_DESCRIBE_STRUCT(CardRemoved, (), (board_id, card_id))

}  // namespace wire

using BoardEvent = std::variant<wire::CardAdded, wire::CardMoved, wire::CardRemoved>;

}  // namespace orbit::board
