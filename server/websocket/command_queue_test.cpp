#include "websocket/command_queue.hpp"

#include <gtest/gtest.h>

#include "websocket/frame_codec.hpp"

namespace orbit::websocket {
namespace {

BroadcastCommand broadcast(std::optional<kernel::Seq> seq) { return {{1}, encode_frame(Opcode::text, "x", seq)}; }

TEST(CommandQueue, AsksForOneWakeUpForEachBatch) {
  kernel::MetricsRegistry metrics;
  CommandQueue queue(100, metrics);
  EXPECT_TRUE(queue.push(broadcast(1)));
  EXPECT_FALSE(queue.push(broadcast(2)));
  EXPECT_FALSE(queue.push(broadcast(std::nullopt)));
  std::vector<Command> batch;
  queue.take(batch);
  EXPECT_EQ(batch.size(), 3);
  EXPECT_TRUE(queue.push(broadcast(3)));
}

TEST(CommandQueue, DropsOnlyFramesWithoutSeqPastItsLimit) {
  kernel::MetricsRegistry metrics;
  CommandQueue queue(2, metrics);
  for (int i = 0; i < 3; ++i) (void)queue.push(broadcast(std::nullopt));
  (void)queue.push(SendCommand{{}, encode_frame(Opcode::text, "x")});
  (void)queue.push(broadcast(7));
  (void)queue.push(SendCommand{{}, encode_frame(Opcode::text, "x", 8)});
  (void)queue.push(SubscribeCommand{{}, 1});
  (void)queue.push(CloseCommand{{}, CloseCode::done, ""});
  std::vector<Command> batch;
  queue.take(batch);
  EXPECT_EQ(batch.size(), 6);
  const auto& dropped = metrics.counter("orbit_websocket_frames_dropped_total", "", {{"at", "shard"}});
  EXPECT_EQ(dropped.value(), 2);
  EXPECT_TRUE(queue.take_dropped());
  EXPECT_FALSE(queue.take_dropped()) << "told once";
}

}  // namespace
}  // namespace orbit::websocket
