#include "board/server/board_event_publisher.hpp"

#include <gtest/gtest.h>

#include "kernel/testing/memory_unit_of_work.hpp"
#include "realtime/channel.hpp"
#include "realtime/in_process_realtime_hub.hpp"
#include "realtime/recording_shard.hpp"

namespace orbit::board {
namespace {

using kernel::DomainEvent;
using kernel::WriteContext;
using Received = std::vector<std::string>;

constexpr std::uint32_t ada = 1, grace = 2, alan = 3;  // sockets

class BoardEventPublisherTest : public testing::Test {
 protected:
  BoardEventPublisherTest() {
    for (const std::uint32_t socket : {ada, grace, alan}) {
      hub.register_socket({socket, {acme, kernel::MemberId::create(clock), {}, {}}, &shard, {socket, 1}});
      hub.subscribe(socket, realtime::workspace_channel(acme));
    }
    hub.subscribe(ada, realtime::room_channel(acme, board.str()));
    hub.subscribe(grace, realtime::room_channel(acme, board.str()));
    hub.subscribe(alan, realtime::room_channel(acme, BoardId::create(clock).str()));
  }

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
      work(context);
      return {};
    });
    ASSERT_TRUE(done.has_value());
  }

  // What was committed goes over the bus in the log's order, as from the relay.
  void publish() {
    for (DomainEvent& event : unit_of_work.take_events()) {
      event.seq = ++seq;
      bus.publish(event);
    }
  }

  std::string frame_of_card(const std::string& type, int at_seq, CardId id, const std::string& column) const {
    return R"({"type":")" + type + R"(","seq":)" + std::to_string(at_seq) + R"(,"card":{"id":")" + id.str() +
           R"(","boardId":")" + board.str() + R"(","title":"Fly","column":")" + column + R"("}})";
  }

  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  kernel::MemoryUnitOfWork unit_of_work;
  kernel::MemoryRepository<CardRepository, Card> cards{unit_of_work};
  realtime::PlainEncoder encoder;
  realtime::RecordingShard shard;
  realtime::InProcessRealtimeHub hub{metrics};
  kernel::EventBus bus{[](const DomainEvent& event, std::exception_ptr) { ADD_FAILURE() << event.type; }};
  BoardEventPublisher publisher{bus, unit_of_work, cards, hub, encoder};
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(clock);
  BoardId board = BoardId::create(clock);
  kernel::Seq seq = 0;
};

TEST_F(BoardEventPublisherTest, TellsTheSocketsOfTheBoardAndNobodyElse) {
  const CardId card = add();
  publish();
  const Received expected{frame_of_card("card.added", 1, card, "todo")};
  EXPECT_EQ(shard.received(ada), expected);
  EXPECT_EQ(shard.received(grace), expected);
  EXPECT_EQ(shard.received(alan), Received{});
}

TEST_F(BoardEventPublisherTest, TellsWhatIsCommittedByThen) {
  const CardId card = add();
  move(card, Column::doing);
  move(card, Column::done);
  publish();
  EXPECT_EQ(shard.received(ada),
            (Received{frame_of_card("card.added", 1, card, "done"), frame_of_card("card.moved", 2, card, "done"),
                      frame_of_card("card.moved", 3, card, "done")}));
}

TEST_F(BoardEventPublisherTest, DropsTheEventsOfACardThatIsGoneByThen) {
  const CardId card = add();
  move(card, Column::doing);
  remove(card);
  publish();
  EXPECT_EQ(shard.received(ada), Received{R"({"type":"card.removed","seq":3,"boardId":")" + board.str() +
                                          R"(","cardId":")" + card.str() + R"("})"});
}

}  // namespace
}  // namespace orbit::board
