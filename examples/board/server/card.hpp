// Card: a task on a board, in one of its columns. Each aggregate belongs to the thread of the transaction that holds
// it.
#pragma once

#include <string>

#include "board/server/events.hpp"
#include "kernel/repository.hpp"

namespace orbit::board {

enum class Column { todo, doing, done };
BOOST_DESCRIBE_ENUM(Column, todo, doing, done)

class Card : public kernel::AggregateRoot<Events> {
 public:
  struct State {
    CardId id;
    BoardId board_id;
    kernel::WorkspaceId workspace_id;
    std::string title;
    Column column = Column::todo;
  };

  explicit Card(State state) : state_(std::move(state)) {}

  [[nodiscard]] static Card create(State state, kernel::Timestamp now);

  [[nodiscard]] const State& state() const { return state_; }

  /// Moving it to where it is changes nothing and records nothing.
  void move(Column column, kernel::Timestamp now);

  void mark_removed(kernel::Timestamp now);

 private:
  State state_;
};

using CardRepository = kernel::Repository<Card>;

}  // namespace orbit::board
