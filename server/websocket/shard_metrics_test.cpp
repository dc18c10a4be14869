#include "websocket/shard_metrics.hpp"

#include <gtest/gtest.h>

#include "websocket/shard_harness.hpp"

namespace orbit::websocket {
namespace {

using std::chrono::milliseconds;

class ShardMetricsTest : public testing::Test {
 protected:
  void broadcast_committed_at(kernel::SteadyTime committed_at) {
    const std::array<realtime::ChannelIndex, 1> channels{1};
    harness.shard.broadcast(channels, encode_frame(Opcode::text, "told", 1, {}, committed_at));
  }

  ShardHarness harness;
  const kernel::Histogram& commit_to_socket = harness.metrics.histogram("orbit_commit_to_socket_seconds", "");
};

TEST_F(ShardMetricsTest, ABroadcastIsTimedOnceFromItsCommitUntilItsSocketsAreWritten) {
  Client one = harness.connect(), other = harness.connect();
  for (const std::size_t socket : {0, 1}) harness.subscribe(socket, 1);
  const auto committed_at = harness.clock.steady_now();
  harness.clock.advance(milliseconds(40));
  broadcast_committed_at(committed_at);
  harness.run();
  EXPECT_EQ(one.read() + other.read(), server_text("told") + server_text("told"));
  EXPECT_EQ(commit_to_socket.count(), 1);
  EXPECT_EQ(commit_to_socket.sum(), milliseconds(40));
  harness.run();
  EXPECT_EQ(commit_to_socket.count(), 1);
}

TEST_F(ShardMetricsTest, WhatWasNotCommittedHereIsNotTimed) {
  Client client = harness.connect();
  harness.subscribe(0, 1);
  broadcast_committed_at({});
  harness.run();
  EXPECT_EQ(client.read(), server_text("told"));
  EXPECT_EQ(commit_to_socket.count(), 0);
}

TEST_F(ShardMetricsTest, CountsTheSocketsThatBytesWaitFor) {
  Client slow = harness.connect();
  harness.subscribe(0, 1);
  for (int i = 0; i < 1'000 && harness.metric("orbit_websocket_queued_connections") == 0; ++i) {
    harness.broadcast({1}, std::string(10'000, 'x'), std::nullopt);
    harness.run();
  }
  EXPECT_EQ(harness.metric("orbit_websocket_queued_connections"), 1);
  while (!slow.read().empty()) harness.run();
  EXPECT_EQ(harness.metric("orbit_websocket_queued_connections"), 0);
}

TEST_F(ShardMetricsTest, CountsCallsUntilTheShardTakesThem) {
  Client client = harness.connect();
  harness.run();
  harness.subscribe(0, 1);
  harness.broadcast({1}, "x");
  EXPECT_EQ(harness.metric("orbit_websocket_pending_calls"), 2);
  harness.run();
  EXPECT_EQ(harness.metric("orbit_websocket_pending_calls"), 0);
}

}  // namespace
}  // namespace orbit::websocket
