#include <gtest/gtest.h>

#include <deque>

#include "websocket/shard_harness.hpp"

namespace orbit::websocket {
namespace {

/// With the sends of a turn together, and one by one.
class SendsOfATurn : public testing::TestWithParam<bool> {
 protected:
  void connect(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      clients.push_back(harness.connect());
      harness.subscribe(i, 0);
    }
    harness.run();
  }

  ShardHarness harness{ShardOptions{.max_queued_bytes = 2 * 1024 * 1024, .batches_sends = GetParam()}};
  std::deque<Client> clients;
};

TEST_P(SendsOfATurn, ReachMoreSocketsThanOneCallTakes) {
  connect(600);
  harness.broadcast({0}, "first");
  harness.broadcast({0}, "second");
  harness.run();
  for (Client& client : clients) ASSERT_EQ(client.read(), server_text("first") + server_text("second"));
}

TEST_P(SendsOfATurn, GiveEachSocketItsOwn) {
  connect(4);
  harness.subscribe(1, 1);
  harness.subscribe(3, 1);
  harness.broadcast({0}, "all");
  harness.broadcast({1}, "some");
  harness.broadcast({0}, "all again");
  harness.run();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string some = i % 2 == 1 ? server_text("some") : "";
    EXPECT_EQ(clients[i].read(), server_text("all") + some + server_text("all again"));
  }
}

TEST_P(SendsOfATurn, ThatASocketDoesNotTakeFollowLater) {
  connect(2);
  const std::string text(200'000, 'x');
  std::string expected;
  std::string slow;
  for (int i = 0; i < 5; ++i) {
    harness.broadcast({0}, text);
    expected += server_text(text);
  }
  harness.run();
  for (int i = 0; i < 100 && slow.size() < expected.size(); ++i) {
    slow += clients[0].read();
    harness.run();
  }
  EXPECT_EQ(slow, expected);
  EXPECT_EQ(harness.closed_by("too_slow"), 0);
}

TEST_P(SendsOfATurn, OfWhichOnePeerIsGoneReachTheOthers) {
  connect(3);
  clients[1].hang_up();
  harness.broadcast({0}, "hello");
  harness.run();
  EXPECT_EQ(clients[0].read(), server_text("hello"));
  EXPECT_EQ(clients[2].read(), server_text("hello"));
  EXPECT_EQ(harness.events.closed_ids.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(TogetherOrOneByOne, SendsOfATurn, testing::Bool());

}  // namespace
}  // namespace orbit::websocket
