#include "board/server/board_projection.hpp"

#include <gtest/gtest.h>

#include "kernel/testing/memory_unit_of_work.hpp"

namespace orbit::board {
namespace {

using kernel::DomainEvent;
using kernel::WriteContext;
using Told = std::vector<std::string>;

class BoardProjectionTest : public testing::Test {
 protected:
  CardId add() {
    const CardId id = CardId::create(clock);
    Card card = Card::create({id, board, acme, "Fly", Column::todo}, clock.now());
    commit([&](WriteContext& context) { cards.save(context, card); });
    return id;
  }

  void move(CardId id, Column column) {
    commit([&](WriteContext& context) {
      auto card = cards.find(context, id).value();
      card.move(column, clock.now());
      cards.save(context, card);
    });
  }

  void remove(CardId id) {
    commit([&](WriteContext& context) {
      auto card = cards.find(context, id).value();
      card.mark_removed(clock.now());
      cards.remove(context, card);
    });
  }

  template <class Work>
  void commit(Work work) {
    const auto done = unit_of_work.run([&](WriteContext& context) -> kernel::Result<> {
      context.lock(acme);
      work(context);
      return {};
    });
    ASSERT_TRUE(done.has_value());
  }

  // What the board's room is told of all that was committed since the last call; the log numbers it on.
  Told told() {
    Told frames;
    for (DomainEvent& event : unit_of_work.take_events()) {
      event.seq = ++seq;
      const auto projected =
          unit_of_work.read([&](const kernel::ReadContext& context) { return projection.project(context, event); });
      if (!projected->has_value()) continue;
      EXPECT_EQ((*projected)->room, board.str());
      frames.push_back((*projected)->json);
    }
    return frames;
  }

  std::string frame_of_card(const std::string& type, int at_seq, CardId id, const std::string& column) const {
    return R"({"type":")" + type + R"(","seq":)" + std::to_string(at_seq) + R"(,"card":{"id":")" + id.str() +
           R"(","boardId":")" + board.str() + R"(","title":"Fly","column":")" + column + R"("}})";
  }

  kernel::ManualClock clock;
  kernel::MemoryUnitOfWork unit_of_work;
  kernel::MemoryRepository<CardRepository, Card> cards{unit_of_work};
  BoardProjection projection{cards};
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(clock);
  BoardId board = BoardId::create(clock);
  kernel::Seq seq = 0;
};

TEST_F(BoardProjectionTest, TellsTheRoomOfTheBoard) {
  const CardId card = add();
  EXPECT_EQ(told(), Told{frame_of_card("card.added", 1, card, "todo")});
  EXPECT_EQ(projection.types(), (std::vector<std::string_view>{CardAdded::type, CardMoved::type, CardRemoved::type}));
}

TEST_F(BoardProjectionTest, TellsWhatIsCommittedByThen) {
  const CardId card = add();
  move(card, Column::doing);
  move(card, Column::done);
  EXPECT_EQ(told(), (Told{frame_of_card("card.added", 1, card, "done"), frame_of_card("card.moved", 2, card, "done"),
                          frame_of_card("card.moved", 3, card, "done")}));
}

TEST_F(BoardProjectionTest, DropsTheEventsOfACardThatIsGoneByThen) {
  const CardId card = add();
  move(card, Column::doing);
  remove(card);
  EXPECT_EQ(told(), Told{R"({"type":"card.removed","seq":3,"boardId":")" + board.str() + R"(","cardId":")" +
                         card.str() + R"("})"});
}

TEST_F(BoardProjectionTest, AnEventThatCannotBeReadIsAnError) {
  const DomainEvent without_card{std::string(CardMoved::type), acme, {{"board_id", board.str()}}};
  const auto projected =
      unit_of_work.read([&](const kernel::ReadContext& context) { return projection.project(context, without_card); });
  ASSERT_FALSE(projected.has_value());
  EXPECT_EQ(projected.error().code, "board.unreadable");
}

}  // namespace
}  // namespace orbit::board
