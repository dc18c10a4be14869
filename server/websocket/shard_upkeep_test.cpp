#include <gtest/gtest.h>

#include "websocket/shard_harness.hpp"

namespace orbit::websocket {
namespace {

using namespace std::chrono_literals;

TEST(Shard, PingsEverySocketOnceInAnInterval) {
  ShardHarness harness;
  std::vector<Client> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(harness.connect());
  std::size_t most_at_once = 0;
  std::vector<std::string> got(clients.size());
  for (int step = 0; step < 256; ++step) {
    harness.clock.advance(98ms);
    harness.shard.tick();
    harness.run();
    std::size_t pinged = 0;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      const std::string more = clients[i].read();
      if (!more.empty()) ++pinged;
      got[i] += more;
    }
    most_at_once = std::max(most_at_once, pinged);
  }
  for (const std::string& each : got) EXPECT_EQ(each, server_ping);
  EXPECT_LE(most_at_once, 4);
}

TEST(Shard, TerminatesASocketThatLeavesAPingUnanswered) {
  ShardHarness harness;
  Client dead = harness.connect();
  Client alive = harness.connect();
  Client chatty = harness.connect();
  harness.pass(25s);
  EXPECT_EQ(dead.read(), server_ping);
  EXPECT_EQ(alive.read(), server_ping);
  alive.send(client_pong());
  chatty.send(client_text("any frame will do"));
  harness.run();
  harness.pass(25s);
  EXPECT_EQ(harness.events.closed_ids, std::vector{harness.events.opened_sockets[0].id});
  EXPECT_EQ(harness.closed_by("heartbeat"), 1);
  EXPECT_EQ(dead.read(), "");
  EXPECT_TRUE(dead.at_end());
  EXPECT_EQ(alive.read(), server_ping);
}

TEST(Shard, TerminatesNobodyForTimeItStoodStillItself) {
  ShardHarness harness;
  Client client = harness.connect();
  harness.pass(10s);
  harness.clock.advance(10min);
  harness.shard.tick();
  EXPECT_TRUE(harness.events.closed_ids.empty());
  client.send(client_pong());
  harness.run();
  harness.pass(25s);
  EXPECT_TRUE(harness.events.closed_ids.empty());
}

TEST(Shard, ClosesASocketThatSendsTooFastWith4429) {
  ShardHarness harness;
  Client client = harness.connect();
  for (int i = 0; i < 40; ++i) client.send(client_text("burst"));
  harness.run();
  EXPECT_EQ(harness.events.texts.size(), 40);
  harness.clock.advance(1s);
  for (int i = 0; i < 20; ++i) client.send(client_text("steady"));
  harness.run();
  EXPECT_EQ(harness.events.texts.size(), 60);
  EXPECT_TRUE(harness.events.closed_ids.empty());
  client.send(client_text("one too many") + client_text("and more"));
  harness.run();
  EXPECT_EQ(harness.events.texts.size(), 60);
  EXPECT_EQ(client.read(), server_close(4429, "too many messages"));
  EXPECT_EQ(harness.closed_by("too_many"), 1);
}

TEST(Shard, CountsPingsAgainstTheRate) {
  ShardHarness harness({.messages_per_second = 1, .message_burst = 2});
  Client client = harness.connect();
  client.send(client_ping() + client_ping() + client_pong() + client_ping());
  harness.run();
  const std::string pong = encode_frame(Opcode::pong, {})->bytes;
  EXPECT_EQ(client.read(), pong + pong + server_close(4429, "too many messages"));
}

TEST(Shard, DrainsSpreadOverTheTime) {
  ShardHarness harness({.heartbeat = 1h});
  std::vector<Client> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(harness.connect());
  bool empty = false;
  harness.shard.drain(1s, [&] { empty = true; });
  harness.run();
  EXPECT_FALSE(harness.shard.accepting());
  EXPECT_EQ(harness.events.closed_ids.size(), 0);
  harness.pass(500ms);
  EXPECT_EQ(harness.events.closed_ids.size(), 5);
  harness.pass(500ms);
  EXPECT_EQ(harness.events.closed_ids.size(), 10);
  for (Client& client : clients) {
    EXPECT_EQ(client.read(), server_close(1012, "restarting"));
    EXPECT_FALSE(empty);
    client.send(client_close(1012));
    harness.run();
  }
  EXPECT_TRUE(empty);
  EXPECT_EQ(harness.shard.connection_count(), 0);
  EXPECT_EQ(harness.closed_by("draining"), 10);
}

TEST(Shard, DrainWaitsNoLongerThanTheClosingHandshakeMayTake) {
  ShardHarness harness;
  Client silent = harness.connect();
  bool empty = false;
  harness.shard.drain(0s, [&] { empty = true; });
  harness.run();
  EXPECT_FALSE(empty);
  harness.pass(5s);
  EXPECT_TRUE(empty);
}

TEST(Shard, DrainOfNobodyIsDoneAtOnce) {
  ShardHarness harness;
  int calls = 0;
  harness.shard.drain(10s, [&] { ++calls; });
  harness.run();
  harness.pass(1s);
  EXPECT_EQ(calls, 1);
}

TEST(Shard, TurnsAwayWhoComesWhileDraining) {
  ShardHarness harness;
  Client first = harness.connect();
  harness.shard.drain(10s, [] {});
  harness.run();
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  Client late(ends[0]);
  harness.shard.adopt(ends[1], {}, {.response = "response"}, client_text("hello?"));
  EXPECT_EQ(late.read(), "response" + server_close(1012, "restarting"));
  late.send(client_close(1012));
  harness.run();
  EXPECT_EQ(harness.events.opened_sockets.size(), 1);
  EXPECT_TRUE(harness.events.closed_ids.empty());
  EXPECT_TRUE(harness.events.texts.empty());
  EXPECT_EQ(harness.shard.connection_count(), 1);
}

TEST(Shard, AcceptsUntilItIsFull) {
  ShardHarness harness({.max_connections = 2});
  EXPECT_TRUE(harness.shard.accepting());
  Client first = harness.connect();
  EXPECT_TRUE(harness.shard.accepting());
  Client second = harness.connect();
  EXPECT_FALSE(harness.shard.accepting());
  second.hang_up();
  harness.run();
  EXPECT_TRUE(harness.shard.accepting());
}

}  // namespace
}  // namespace orbit::websocket
