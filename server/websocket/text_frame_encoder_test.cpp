#include "websocket/text_frame_encoder.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "websocket/frame_codec.hpp"
#include "websocket/message_inflater.hpp"

namespace orbit::websocket {
namespace {

struct TextFrameEncoderTest : testing::Test {
  kernel::MetricsRegistry metrics;
  kernel::Metric& sockets = deflating_connections(metrics);
  TextFrameEncoder encoder{100, metrics};
  std::string text = std::string(100, 'x');
};

TEST_F(TextFrameEncoderTest, CompressesOnceForTheSocketsThatTakeIt) {
  sockets.add();
  const auto frame = encoder.encode(text, 7);
  EXPECT_EQ(frame->bytes, encode_frame(Opcode::text, text)->bytes);
  EXPECT_EQ(frame->payload(), text);
  EXPECT_EQ(frame->seq, 7);
  ASSERT_LT(frame->deflated.size(), frame->bytes.size());
  EXPECT_EQ(static_cast<std::uint8_t>(frame->deflated[0]), 0xC1);
  EXPECT_EQ(static_cast<std::size_t>(frame->deflated[1]), frame->deflated.size() - 2);
  EXPECT_EQ(MessageInflater().inflate(std::string_view(frame->deflated).substr(2), 100), text);
  EXPECT_EQ(metrics.counter("orbit_websocket_frames_deflated_total", "").value(), 1);
  EXPECT_EQ(metrics.counter("orbit_websocket_deflate_saved_bytes_total", "").value(),
            static_cast<std::int64_t>(frame->bytes.size() - frame->deflated.size()));
}

TEST_F(TextFrameEncoderTest, CompressesNothingWhileNoSocketTakesIt) {
  EXPECT_EQ(encoder.encode(text, 7)->deflated, "");
  sockets.add();
  EXPECT_NE(encoder.encode(text, 7)->deflated, "");
  sockets.add(-1);
  EXPECT_EQ(encoder.encode(text, 7)->deflated, "");
}

TEST_F(TextFrameEncoderTest, LeavesWhatIsForOneSocketToItsShard) {
  sockets.add();
  const auto frame = encoder.encode_for_one(text, 7);
  EXPECT_EQ(frame->deflated, "");
  const auto shorter = encoder.deflated(frame);
  EXPECT_EQ(shorter->bytes, encoder.encode(text, 7)->deflated);
  EXPECT_EQ(shorter->seq, 7);
}

TEST_F(TextFrameEncoderTest, DeflatesNoFrameTwice) {
  sockets.add();
  const auto frame = encoder.encode(text, 7);
  EXPECT_EQ(encoder.deflated(frame), frame);
  const auto shorter = encoder.deflated(encoder.encode_for_one(text, 7));
  EXPECT_EQ(encoder.deflated(shorter), shorter);
}

TEST_F(TextFrameEncoderTest, DeflatesNeitherShortFramesNorRunsOfThem) {
  const auto frame = encoder.encode_for_one(text, 7);
  const auto short_frame = encoder.encode_for_one("short", 8);
  const auto run = realtime::join(std::vector{frame, frame});
  EXPECT_EQ(encoder.deflated(short_frame), short_frame);
  EXPECT_EQ(encoder.deflated(run), run);
  EXPECT_EQ(TextFrameEncoder(0, metrics).deflated(frame), frame);
}

TEST_F(TextFrameEncoderTest, LeavesShortTextsPlain) {
  sockets.add();
  EXPECT_EQ(encoder.encode(text.substr(1), 7)->deflated, "");
}

TEST_F(TextFrameEncoderTest, LeavesWhatDoesNotShrinkPlain) {
  sockets.add();
  std::string alphabet;
  for (char c = ' '; c < 127; ++c) alphabet += c;
  EXPECT_EQ(TextFrameEncoder(1, metrics).encode(alphabet, 7)->deflated, "");
  EXPECT_EQ(metrics.counter("orbit_websocket_frames_deflated_total", "").value(), 0);
}

TEST_F(TextFrameEncoderTest, NeverCompressesFrom0) {
  sockets.add();
  EXPECT_EQ(TextFrameEncoder(0, metrics).encode(std::string(100'000, 'x'), 7)->deflated, "");
}

}  // namespace
}  // namespace orbit::websocket
