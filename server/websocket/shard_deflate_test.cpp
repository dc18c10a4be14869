#include <gtest/gtest.h>

#include <random>

#include "websocket/message_deflater.hpp"
#include "websocket/shard_harness.hpp"
#include "websocket/text_frame_encoder.hpp"

namespace orbit::websocket {
namespace {

constexpr std::array<realtime::ChannelIndex, 1> channel{1};

/// A broadcast reaches one socket that takes compressed frames and one that doesn't.
struct ShardDeflate : testing::Test {
  ShardDeflate() {
    for (std::size_t socket : {0, 1}) harness.subscribe(socket, channel.front());
  }

  realtime::SharedFrame frame(char letter, std::size_t size = 500) {
    return encoder.encode(std::string(size, letter), 1);
  }

  ShardHarness harness{{.deflate_from = 100}};
  TextFrameEncoder encoder{100, harness.metrics};
  Client deflating = harness.connect_deflating();
  Client plain = harness.connect();
};

TEST_F(ShardDeflate, SendsEachSocketTheFormThatItTakes) {
  const auto made = frame('x');
  harness.shard.broadcast(channel, made);
  harness.run();
  EXPECT_EQ(deflating.read(), made->deflated);
  EXPECT_EQ(plain.read(), made->bytes);
  EXPECT_LT(made->deflated.size(), 30);
}

TEST_F(ShardDeflate, SendsShortFramesPlainToBoth) {
  harness.broadcast({1}, "short");
  harness.run();
  EXPECT_EQ(deflating.read(), server_text("short"));
  EXPECT_EQ(plain.read(), server_text("short"));
}

TEST_F(ShardDeflate, KeepsTheOrderOfAllFormsInOneWrite) {
  const auto writes = harness.metric("orbit_websocket_writes_total");
  const auto first = frame('a');
  const auto last = frame('z');
  harness.shard.broadcast(channel, first);
  harness.broadcast({1}, "between");
  harness.shard.broadcast(channel, last);
  harness.run();
  EXPECT_EQ(deflating.read(), first->deflated + server_text("between") + last->deflated);
  EXPECT_EQ(plain.read(), first->bytes + server_text("between") + last->bytes);
  EXPECT_EQ(harness.metric("orbit_websocket_writes_total"), writes + 2);
}

TEST_F(ShardDeflate, ReplaysTheSameRunToBoth) {
  const std::array missed{frame('a'), encoder.encode("short", 2), frame('z')};
  const auto joined = realtime::join(missed);
  for (std::size_t socket : {0, 1}) harness.shard.send(harness.slot(socket), joined);
  harness.run();
  EXPECT_EQ(deflating.read(), missed[0]->deflated + missed[1]->bytes + missed[2]->deflated);
  EXPECT_EQ(plain.read(), missed[0]->bytes + missed[1]->bytes + missed[2]->bytes);
}

TEST_F(ShardDeflate, CompressesWhatIsForOneSocketOnlyIfItTakesThat) {
  const auto made = encoder.encode_for_one(std::string(500, 'x'), 1);
  for (std::size_t socket : {0, 1}) harness.shard.send(harness.slot(socket), made);
  harness.run();
  EXPECT_EQ(deflating.read(), frame('x')->deflated);
  EXPECT_EQ(plain.read(), made->bytes);
}

TEST_F(ShardDeflate, ReadsCompressedMessagesWhereThatWasAgreedOn) {
  MessageDeflater deflater;
  const std::string message(300, 'x');
  const std::string compressed = client_frame(0xC1, *deflater.deflate(message));
  deflating.send(compressed + client_text("plain"));
  plain.send(compressed);
  harness.run();
  EXPECT_EQ(harness.events.texts, (std::vector<std::string>{message, "plain"}));
  EXPECT_EQ(plain.read(), server_close(1002, "reserved bits are set"));
  EXPECT_EQ(deflating.read(), "");
}

TEST_F(ShardDeflate, ClosesWhatIsCorruptWith1007) {
  deflating.send(client_frame(0xC1, "no deflate data"));
  harness.run();
  EXPECT_EQ(deflating.read(), server_close(1007, "corrupt deflate data"));
  EXPECT_EQ(harness.closed_by("protocol"), 1);
}

TEST_F(ShardDeflate, UnpacksNothingPastTheRate) {
  ShardHarness limited({.message_burst = 2});
  Client client = limited.connect_deflating();
  MessageDeflater deflater;
  for (int i = 0; i < 3; ++i) client.send(client_frame(0xC1, *deflater.deflate(std::string(300, 'x'))));
  client.send(client_frame(0xC1, "corrupt, and never looked at") + client_ping() + client_close(4429));
  limited.run();
  EXPECT_EQ(limited.events.texts.size(), 2);
  EXPECT_EQ(client.read(), server_close(4429, "too many messages"));
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(limited.closed_by("too_many"), 1);
}

TEST_F(ShardDeflate, CountsTheSocketsThatTakeIt) {
  const std::string gauge = "orbit_websocket_deflating_connections";
  EXPECT_EQ(harness.metric(gauge), 1);
  Client other = harness.connect_deflating();
  EXPECT_EQ(harness.metric(gauge), 2);
  for (Client* client : {&deflating, &plain, &other}) client->hang_up();
  harness.run();
  EXPECT_EQ(harness.metric(gauge), 0);
  EXPECT_EQ(frame('x')->deflated, "");
}

TEST_F(ShardDeflate, QueuesTheFormThatTheSocketTakes) {
  std::mt19937 random(7692);
  std::string expected;
  for (int i = 0; i < 60; ++i) {  // more than the kernel takes, and less than the queue
    std::string text;
    while (text.size() < 20'000) text += std::to_string(random());
    const auto made = encoder.encode(text, 1);
    expected += made->deflated;
    harness.shard.broadcast(channel, made);
  }
  plain.hang_up();
  harness.run();
  EXPECT_GT(harness.metric("orbit_websocket_queued_bytes"), 0);
  std::string got;
  for (std::string more = deflating.read(); !more.empty(); more = deflating.read()) {
    got += more;
    harness.run();
  }
  EXPECT_TRUE(got == expected);
  EXPECT_EQ(harness.metric("orbit_websocket_queued_bytes"), 0);
}

}  // namespace
}  // namespace orbit::websocket
