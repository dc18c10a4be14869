#include "websocket/command_queue.hpp"

#include <gtest/gtest.h>

#include "websocket/frame_codec.hpp"

namespace orbit::websocket {
namespace {

BroadcastCommand broadcast(std::optional<kernel::Seq> seq) { return {{1}, encode_frame(Opcode::text, "x", seq)}; }

class CommandQueueTest : public testing::Test {
 protected:
  using Missing = CommandQueue::Missing;

  Missing take(CommandQueue& queue) {
    batch.clear();
    return queue.take(batch);
  }

  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  std::vector<Command> batch;
};

TEST_F(CommandQueueTest, AsksForOneWakeUpForEachBatch) {
  CommandQueue queue(100, clock, metrics);
  EXPECT_TRUE(queue.push(broadcast(1)));
  EXPECT_FALSE(queue.push(broadcast(2)));
  EXPECT_FALSE(queue.push(broadcast(std::nullopt)));
  EXPECT_EQ(take(queue), Missing::nothing);
  EXPECT_EQ(batch.size(), 3);
  EXPECT_TRUE(queue.push(broadcast(3)));
}

TEST_F(CommandQueueTest, DropsOnlyFramesWithoutSeqPastItsLimit) {
  CommandQueue queue(2, clock, metrics);
  for (int i = 0; i < 3; ++i) (void)queue.push(broadcast(std::nullopt));
  (void)queue.push(SendCommand{{}, encode_frame(Opcode::text, "x")});
  (void)queue.push(broadcast(7));
  (void)queue.push(SendCommand{{}, encode_frame(Opcode::text, "x", 8)});
  (void)queue.push(SubscribeCommand{{}, 1});
  (void)queue.push(CloseCommand{{}, CloseCode::done, ""});
  EXPECT_EQ(take(queue), Missing::nothing);
  EXPECT_EQ(batch.size(), 6);
  const auto& dropped = metrics.counter("orbit_websocket_frames_dropped_total", "", {{"at", "shard"}});
  EXPECT_EQ(dropped.value(), 2);
  EXPECT_TRUE(queue.take_dropped());
  EXPECT_FALSE(queue.take_dropped()) << "told once";
}

TEST_F(CommandQueueTest, DropsAllFramesFarBeyondItsLimitAndSaysSo) {
  CommandQueue queue(2, clock, metrics);
  for (kernel::Seq seq = 1; seq <= 8; ++seq) (void)queue.push(broadcast(seq));
  EXPECT_FALSE(queue.push(SendCommand{{}, encode_frame(Opcode::text, "x", 9)}));
  (void)queue.push(broadcast(10));
  (void)queue.push(CloseCommand{{}, CloseCode::done, ""});
  EXPECT_EQ(metrics.counter("orbit_websocket_frames_dropped_total", "", {{"at", "shard"}}).value(), 2);
  EXPECT_EQ(take(queue), Missing::durable_frames);
  EXPECT_EQ(batch.size(), 9);
  (void)queue.push(broadcast(11));
  EXPECT_EQ(take(queue), Missing::nothing) << "told once";
}

TEST_F(CommandQueueTest, TellsHowLongTheOldestCommandHasWaited) {
  using std::chrono::seconds;
  CommandQueue queue(100, clock, metrics);
  clock.advance(seconds(1));
  EXPECT_EQ(queue.oldest_wait(), seconds(0));
  (void)queue.push(broadcast(1));
  clock.advance(seconds(2));
  (void)queue.push(broadcast(2));
  EXPECT_EQ(queue.oldest_wait(), seconds(2));
  (void)take(queue);
  (void)queue.push(broadcast(3));
  clock.advance(seconds(1));
  EXPECT_EQ(queue.oldest_wait(), seconds(3)) << "the batch is under way";
  queue.batch_done();
  EXPECT_EQ(queue.oldest_wait(), seconds(1));
  (void)take(queue);
  queue.batch_done();
  EXPECT_EQ(queue.oldest_wait(), seconds(0));
}

}  // namespace
}  // namespace orbit::websocket
