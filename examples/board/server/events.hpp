// What can happen to the cards of a board, as the workspace's log keeps it. Plain data: any thread.
#pragma once

#include <string_view>

#include "kernel/domain_event.hpp"

namespace orbit::board {

namespace id_tags {
struct Board {
  static constexpr std::string_view prefix = "board_";
};
struct Card {
  static constexpr std::string_view prefix = "card_";
};
}  // namespace id_tags

using BoardId = kernel::Id<id_tags::Board>;
using CardId = kernel::Id<id_tags::Card>;

struct CardAdded {
  static constexpr std::string_view type = "board.card.added";
  BoardId board_id;
  CardId card_id;
};
BOOST_DESCRIBE_STRUCT(CardAdded, (), (board_id, card_id))

struct CardMoved {
  static constexpr std::string_view type = "board.card.moved";
  BoardId board_id;
  CardId card_id;
};
BOOST_DESCRIBE_STRUCT(CardMoved, (), (board_id, card_id))

struct CardRemoved {
  static constexpr std::string_view type = "board.card.removed";
  BoardId board_id;
  CardId card_id;
};
BOOST_DESCRIBE_STRUCT(CardRemoved, (), (board_id, card_id))

using Events = kernel::EventList<CardAdded, CardMoved, CardRemoved>;

}  // namespace orbit::board
