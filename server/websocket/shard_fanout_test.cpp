#include <gtest/gtest.h>

#include "websocket/shard_harness.hpp"

namespace orbit::websocket {
namespace {

TEST(Shard, SendsTheResponseThenReportsTheSocketAsOpened) {
  ShardHarness harness({.number = 3});
  realtime::SocketIdentity identity;
  identity.member = kernel::MemberId::create(harness.clock);
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  Client client(ends[0]);
  harness.shard.adopt(ends[1], identity, {.response = "response"});
  EXPECT_EQ(client.read(), "response");
  ASSERT_EQ(harness.events.opened_sockets.size(), 1);
  const auto& handle = harness.events.opened_sockets.front();
  EXPECT_EQ(handle.identity.member, identity.member);
  EXPECT_EQ(handle.shard, &harness.shard);
  EXPECT_EQ(handle.id >> 48, 3);
  EXPECT_EQ(harness.shard.connection_count(), 1);
  EXPECT_EQ(harness.metric("orbit_websocket_connections"), 1);
}

TEST(Shard, BroadcastReachesTheSubscribersOfItsChannelOnly) {
  ShardHarness harness;
  Client a = harness.connect();
  Client b = harness.connect();
  Client c = harness.connect();
  harness.subscribe(0, 7);
  harness.subscribe(1, 7);
  harness.subscribe(2, 8);
  harness.broadcast({7}, "seven");
  harness.run();
  EXPECT_EQ(a.read(), server_text("seven"));
  EXPECT_EQ(b.read(), server_text("seven"));
  EXPECT_EQ(c.read(), "");
  harness.broadcast({9}, "nobody listens");
  harness.run();
  EXPECT_EQ(a.read() + b.read() + c.read(), "");
}

TEST(Shard, BroadcastToSeveralChannelsReachesASocketOnce) {
  ShardHarness harness;
  Client both = harness.connect();
  Client one = harness.connect();
  for (const realtime::ChannelIndex channel : {1, 2, 3}) harness.subscribe(0, channel);
  harness.subscribe(1, 3);
  harness.broadcast({1, 2, 3}, "x");
  harness.broadcast({3, 1}, "y");
  harness.run();
  EXPECT_EQ(both.read(), server_text("x") + server_text("y"));
  EXPECT_EQ(one.read(), server_text("x") + server_text("y"));
}

TEST(Shard, SameFrameBroadcastTwiceIsSentTwice) {
  ShardHarness harness;
  Client client = harness.connect();
  harness.subscribe(0, 1);
  const auto frame = encode_frame(Opcode::text, "again", 1);
  for (int i = 0; i < 2; ++i) harness.shard.broadcast(std::vector<realtime::ChannelIndex>{1}, frame);
  harness.run();
  EXPECT_EQ(client.read(), server_text("again") + server_text("again"));
}

TEST(Shard, SubscribingTwiceIsTheSameAsOnce) {
  ShardHarness harness;
  Client client = harness.connect();
  harness.subscribe(0, 1);
  harness.subscribe(0, 1);
  harness.broadcast({1}, "once");
  harness.shard.unsubscribe(harness.slot(0), 1);
  harness.broadcast({1}, "never");
  harness.run();
  EXPECT_EQ(client.read(), server_text("once"));
}

TEST(Shard, CallsTakeEffectInTheirOrder) {
  ShardHarness harness;
  Client client = harness.connect();
  const auto send = [&](std::string_view text) {
    harness.shard.send(harness.slot(0), encode_frame(Opcode::text, text, 1));
  };
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    const std::string number = std::to_string(i);
    send("hello" + number);
    harness.broadcast({5}, "too early" + number);
    harness.subscribe(0, 5);
    harness.broadcast({5}, "in time" + number);
    harness.shard.unsubscribe(harness.slot(0), 5);
    expected += server_text("hello" + number) + server_text("in time" + number);
  }
  harness.run();
  EXPECT_EQ(client.read(), expected);
}

TEST(Shard, WritesAllOfATurnAtOnce) {
  ShardHarness harness;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < 10; ++i) {
    clients.push_back(harness.connect());
    harness.subscribe(i, i % 2 == 0 ? 1 : 2);
  }
  harness.run();
  const auto writes_before = harness.metric("orbit_websocket_writes_total");
  std::string even;
  for (int i = 0; i < 16; ++i) {
    harness.broadcast({1}, "even" + std::to_string(i));
    if (i % 4 == 0) harness.broadcast({2}, "odd");
    even += server_text("even" + std::to_string(i));
  }
  harness.run();
  EXPECT_EQ(harness.metric("orbit_websocket_writes_total") - writes_before, 10);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const std::string odd = server_text("odd");
    EXPECT_EQ(clients[i].read(), i % 2 == 0 ? even : odd + odd + odd + odd);
  }
}

TEST(Shard, LongTurnsGoOutInPartsAndInOrder) {
  ShardHarness harness({.max_queued_bytes = 64 << 20});
  Client client = harness.connect();
  harness.subscribe(0, 1);
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    const std::string text(static_cast<std::size_t>(1 + i * 997), static_cast<char>('a' + i % 26));
    harness.broadcast({1}, text);
    expected += server_text(text);
  }
  std::string got;
  while (got.size() < expected.size()) {
    harness.run();
    const std::string more = client.read();
    ASSERT_FALSE(more.empty());
    got += more;
  }
  EXPECT_EQ(got, expected);
}

TEST(Shard, KeepsOrderThroughMoreCallsThanOneTurnTakes) {
  ShardHarness harness({.max_queued_bytes = 64 << 20});
  std::vector<Client> clients;
  for (std::size_t i = 0; i < 20; ++i) {
    clients.push_back(harness.connect());
    harness.subscribe(i, 1);
  }
  std::string expected;
  for (int i = 0; i < 15'000; ++i) {  // 300,000 deliveries
    harness.broadcast({1}, std::to_string(i));
    expected += server_text(std::to_string(i));
  }
  std::vector<std::string> got(clients.size());
  for (bool more = true; more;) {
    harness.run();
    more = false;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      got[i] += clients[i].read();
      more = more || got[i].size() < expected.size();
    }
  }
  for (const std::string& each : got) EXPECT_EQ(each, expected);
}

TEST(Shard, ForgottenSlotsAreNotReachedByTheirOldHandles) {
  ShardHarness harness;
  Client first = harness.connect();
  const auto old_slot = harness.slot(0);
  harness.subscribe(0, 1);
  first.hang_up();
  harness.run();
  Client second = harness.connect();
  ASSERT_EQ(harness.slot(1).index, old_slot.index);
  ASSERT_NE(harness.slot(1).generation, old_slot.generation);
  EXPECT_NE(harness.events.opened_sockets[0].id, harness.events.opened_sockets[1].id);
  harness.shard.subscribe(old_slot, 1);
  harness.shard.send(old_slot, encode_frame(Opcode::text, "for the first", 1));
  harness.shard.close(old_slot, CloseCode::policy, "for the first");
  harness.broadcast({1}, "for subscribers");
  harness.run();
  EXPECT_EQ(second.read(), "");
  EXPECT_EQ(harness.shard.connection_count(), 1);
  harness.subscribe(1, 1);
  harness.shard.unsubscribe(old_slot, 1);
  harness.broadcast({1}, "for the second");
  harness.run();
  EXPECT_EQ(second.read(), server_text("for the second"));
}

TEST(Shard, SocketsThatGoLeaveTheOthersSubscribed) {
  ShardHarness harness;
  std::vector<Client> clients;
  for (std::size_t i = 0; i < 20; ++i) {
    clients.push_back(harness.connect());
    for (realtime::ChannelIndex channel = 0; channel < 5; ++channel) harness.subscribe(i, channel);
  }
  for (const std::size_t i : {0, 7, 8, 19, 3}) clients[i].hang_up();
  harness.run();
  harness.shard.unsubscribe(harness.slot(5), 2);
  harness.broadcast({2}, "left");
  harness.run();
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const bool gone = i == 0 || i == 7 || i == 8 || i == 19 || i == 3;
    if (gone) continue;
    EXPECT_EQ(clients[i].read(), i == 5 ? "" : server_text("left")) << i;
  }
}

class SlowReader : public testing::Test {
 protected:
  /// Fills the kernel's buffers and part of the queue; says how many broadcasts that took.
  int fill_up() {
    int count = 0;
    for (; harness.metric("orbit_websocket_queued_bytes") < 32 * 1024; ++count) {
      harness.broadcast({1}, std::string(1'000, 'x'));
      harness.run();
    }
    return count;
  }

  ShardHarness harness{{.max_queued_bytes = 64 * 1024}};
  Client slow = harness.connect();
};

TEST_F(SlowReader, GetsEverythingInOrderOnceItReadsAgain) {
  harness.subscribe(0, 1);
  const int count = fill_up();
  harness.broadcast({1}, "the end");
  std::string got;
  for (std::string more; got.empty() || !more.empty(); got += more) {
    harness.run();
    more = slow.read();
  }
  std::string expected;
  for (int i = 0; i < count; ++i) expected += server_text(std::string(1'000, 'x'));
  EXPECT_EQ(got, expected + server_text("the end"));
  EXPECT_TRUE(harness.events.caught_up_ids.empty()) << "it missed nothing";
  EXPECT_EQ(harness.metric("orbit_websocket_queued_bytes"), 0);
  harness.broadcast({1}, "straight through");
  harness.run();
  EXPECT_EQ(slow.read(), server_text("straight through"));
}

TEST_F(SlowReader, IsClosedWith4408PastItsBound) {
  harness.subscribe(0, 1);
  fill_up();
  for (int i = 0; i < 40; ++i) harness.broadcast({1}, std::string(1'000, 'y'));
  harness.run();
  ASSERT_EQ(harness.events.closed_ids.size(), 1);
  EXPECT_EQ(harness.closed_by("too_slow"), 1);
  EXPECT_LT(harness.metric("orbit_websocket_queued_bytes"), 2'000);
  std::string got;
  for (std::string more; got.empty() || !more.empty(); got += more) {
    harness.run();
    more = slow.read();
  }
  EXPECT_TRUE(got.ends_with(server_close(4408, "too slow")));
  EXPECT_EQ((got.size() - server_close(4408, "too slow").size()) % server_text(std::string(1'000, 'x')).size(), 0)
      << "the close frame came in the middle of another";
}

TEST_F(SlowReader, KeepsDurableFramesAtTheCostOfOthers) {
  harness.subscribe(0, 1);
  fill_up();
  for (int i = 0; i < 20; ++i) harness.broadcast({1}, std::string(1'000, 'l'), std::nullopt);
  for (int i = 0; i < 20; ++i) harness.broadcast({1}, std::string(1'000, 'd'), 1);
  harness.run();
  EXPECT_TRUE(harness.events.closed_ids.empty());
  EXPECT_EQ(harness.metric("orbit_websocket_frames_dropped_total", {{"at", "socket"}}), 20);
  for (int i = 0; i < 60; ++i) harness.broadcast({1}, std::string(1'000, 'l'), std::nullopt);
  harness.run();
  EXPECT_TRUE(harness.events.closed_ids.empty());
  EXPECT_LE(harness.metric("orbit_websocket_queued_bytes"), 64 * 1024);
  std::string got;
  for (std::string more; got.empty() || !more.empty(); got += more) {
    harness.run();
    more = slow.read();
  }
  std::string durable;
  for (int i = 0; i < 20; ++i) durable += server_text(std::string(1'000, 'd'));
  EXPECT_NE(got.find(durable), std::string::npos);
}

TEST_F(SlowReader, IsReportedOnceItHasCaughtUpWithLessThanAll) {
  harness.subscribe(0, 1);
  fill_up();
  for (int i = 0; i < 60; ++i) harness.broadcast({1}, std::string(1'000, 'l'), std::nullopt);
  harness.run();
  EXPECT_TRUE(harness.events.caught_up_ids.empty()) << "it is behind still";
  for (std::string more = "x"; !more.empty();) {
    harness.run();
    more = slow.read();
  }
  EXPECT_EQ(harness.events.caught_up_ids, std::vector{harness.events.opened_sockets.at(0).id});
  harness.broadcast({1}, "straight through");
  harness.run();
  EXPECT_EQ(harness.events.caught_up_ids.size(), 1);
}

TEST_F(SlowReader, HurtsNobodyElse) {
  Client healthy = harness.connect();
  harness.subscribe(0, 1);
  harness.subscribe(1, 1);
  std::size_t delivered = 0;
  for (int i = 0; harness.events.closed_ids.empty(); ++i) {
    harness.broadcast({1}, std::string(1'000, 'x'));
    harness.run();
    EXPECT_EQ(healthy.read(), server_text(std::string(1'000, 'x')));
    ++delivered;
  }
  EXPECT_EQ(harness.events.closed_ids.front(), harness.events.opened_sockets.front().id);
  EXPECT_GT(delivered, 64);
}

TEST_F(SlowReader, IsDroppedIfItReadsNothingWhileClosing) {
  harness.subscribe(0, 1);
  fill_up();
  harness.shard.close(harness.slot(0), CloseCode::membership_ended, "removed");
  harness.run();
  EXPECT_EQ(harness.shard.connection_count(), 1);
  harness.pass(std::chrono::seconds(5));
  EXPECT_EQ(harness.shard.connection_count(), 0);
  EXPECT_EQ(harness.metric("orbit_websocket_queued_bytes"), 0);
}

TEST(ShardFarBehind, SendsAllAwayAfterWhatItStillHadSoThatNothingIsMissedUnknown) {
  ShardHarness harness({.max_pending_calls = 2});
  Client client = harness.connect(), other = harness.connect();
  harness.subscribe(0, 1);
  harness.run();
  std::string kept;
  for (kernel::Seq seq = 1; seq <= 20; ++seq) {
    harness.broadcast({1}, std::to_string(seq), seq);
    if (seq <= 8) kept += server_text(std::to_string(seq));
  }
  harness.run();
  EXPECT_EQ(client.read(), kept + server_close(4408, "the node fell behind"));
  EXPECT_EQ(other.read(), server_close(4408, "the node fell behind"));
  EXPECT_EQ(harness.closed_by("too_slow"), 2);

  Client back = harness.connect();
  harness.subscribe(2, 1);
  harness.broadcast({1}, "21", 21);
  harness.run();
  EXPECT_EQ(back.read(), server_text("21"));
  EXPECT_EQ(client.read(), "");
}

TEST(ShardFarBehind, IsSeenByHowLongItsOldestCallHasWaited) {
  ShardHarness harness;
  harness.run();
  harness.broadcast({1}, "x");
  harness.clock.advance(std::chrono::seconds(3));
  EXPECT_EQ(harness.shard.oldest_wait(), std::chrono::seconds(3));
  harness.run();
  EXPECT_EQ(harness.shard.oldest_wait(), std::chrono::seconds(0));
}

}  // namespace
}  // namespace orbit::websocket
