// What becomes of skippable frames where a peer reads slowly, or not at all.
#include <gtest/gtest.h>

#include "websocket/shard_harness.hpp"

namespace orbit::websocket {
namespace {

class Skipping : public testing::Test {
 protected:
  Skipping() { harness.subscribe(0, 1); }

  void say_what_is_so(std::string_view text) {
    auto frame = *encode_frame(Opcode::text, text);
    frame.skippable = true;
    harness.shard.send(harness.slot(0), std::make_shared<const realtime::Frame>(std::move(frame)));
  }
  void block() {
    while (harness.metric("orbit_websocket_queued_bytes") < 10'000) {
      harness.broadcast({1}, std::string(1'000, 'x'));
      harness.run();
    }
  }
  std::string read_all() {
    std::string got;
    for (std::string more = "x"; !more.empty(); got += more) {
      harness.run();
      more = slow.read();
    }
    return got;
  }
  std::int64_t skipped() { return harness.metric("orbit_websocket_frames_skipped_total"); }

  ShardHarness harness{{.max_queued_bytes = 64 * 1024}};
  Client slow = harness.connect();
  using Ids = std::vector<realtime::SocketId>;
  Ids only_socket{harness.events.opened_sockets.at(0).id};
};

TEST_F(Skipping, IsNotForASocketThatKeepsUp) {
  for (const char* text : {"1", "2", "3"}) {
    say_what_is_so(text);
    harness.run();
  }
  EXPECT_EQ(slow.read(), server_text("1") + server_text("2") + server_text("3"));
  EXPECT_EQ(skipped(), 0);
}

TEST_F(Skipping, NothingIsQueuedBehindBytesThatWait) {
  block();
  const auto queued = harness.metric("orbit_websocket_queued_bytes");
  for (int i = 0; i < 1'000; ++i) {
    say_what_is_so(std::string(1'000, 'o'));
    harness.run();
  }
  EXPECT_EQ(harness.metric("orbit_websocket_queued_bytes"), queued);
  EXPECT_EQ(skipped(), 1'000);
  EXPECT_TRUE(harness.events.closed_ids.empty());
  EXPECT_TRUE(harness.events.skipped_ids.empty()) << "it is behind still";
  EXPECT_EQ(read_all().find('o'), std::string::npos);
  EXPECT_EQ(harness.events.skipped_ids, only_socket);
  EXPECT_TRUE(harness.events.caught_up_ids.empty()) << "nothing else is missing";
  say_what_is_so("so");
  harness.run();
  EXPECT_EQ(slow.read(), server_text("so"));
  EXPECT_EQ(harness.events.skipped_ids, only_socket);
}

TEST_F(Skipping, WhatIsLoggedAndWhatCountsEachWaitInTheirOrder) {
  block();
  harness.broadcast({1}, "logged", 7);
  say_what_is_so("skipped");
  harness.broadcast({1}, "each", std::nullopt);
  say_what_is_so("skipped");
  const std::string got = read_all();
  EXPECT_TRUE(got.ends_with(server_text("logged") + server_text("each")));
  EXPECT_EQ(got.find("skipped"), std::string::npos);
}

TEST_F(Skipping, AFrameThatIsHalfWrittenIsFinished) {
  const std::string longer(512 * 1024, 'h');  // more than the kernel takes at once
  say_what_is_so(longer);
  say_what_is_so("behind it");
  harness.run();
  EXPECT_GT(harness.metric("orbit_websocket_queued_bytes"), 0);
  EXPECT_EQ(skipped(), 1);
  EXPECT_EQ(read_all(), server_text(longer));
  EXPECT_EQ(harness.events.skipped_ids, only_socket);
}

TEST_F(Skipping, IsTheSameWhereTheSocketTakesNothingAndNothingWaits) {
  const std::string filler(4'000, 'f');
  std::string expected;
  while (skipped() == 0) {
    say_what_is_so(filler);
    harness.run();
    ASSERT_LT(expected.size(), 64U << 20);
    if (skipped() == 0) expected += server_text(filler);
  }
  say_what_is_so("skipped");
  harness.run();
  EXPECT_EQ(skipped(), 2);
  EXPECT_EQ(read_all(), expected);
  EXPECT_EQ(harness.events.skipped_ids, only_socket);
  EXPECT_EQ(harness.metric("orbit_websocket_queued_bytes"), 0);
}

TEST_F(Skipping, WhoMissedMoreIsToldOfAll) {
  block();
  say_what_is_so("skipped");
  for (int i = 0; i < 80; ++i) harness.broadcast({1}, std::string(1'000, 'd'), std::nullopt);
  read_all();
  EXPECT_EQ(harness.events.caught_up_ids, only_socket);
  EXPECT_TRUE(harness.events.skipped_ids.empty());
}

TEST_F(Skipping, ASocketThatIsClosedMeanwhileIsNotReported) {
  block();
  say_what_is_so("skipped");
  harness.run();
  harness.shard.close(harness.slot(0), CloseCode::membership_ended, "removed");
  EXPECT_TRUE(read_all().ends_with(server_close(4403, "removed")));
  EXPECT_TRUE(harness.events.skipped_ids.empty());
}

}  // namespace
}  // namespace orbit::websocket
