#include "websocket/turn_buffer.hpp"

#include <gtest/gtest.h>

#include "websocket/frame_codec.hpp"

namespace orbit::websocket {
namespace {

class TurnBufferTest : public testing::Test {
 protected:
  TurnBuffer::FrameIndex add(std::string_view text) { return turn.add(encode_frame(Opcode::text, text, 1)); }

  std::string written_to(std::uint32_t slot, bool deflates = false) {
    std::string all;
    for (auto frames = turn.take(slot); !frames.empty();) {
      const auto part = turn.join(frames, deflates);
      all += part.bytes;
      frames = frames.subspan(part.frames);
    }
    return all;
  }

  TurnBuffer turn;
};

std::string bytes_of(std::string_view text) { return encode_frame(Opcode::text, text)->bytes; }

TEST_F(TurnBufferTest, KeepsEachSlotsFramesInOrder) {
  const auto a = add("a");
  const auto b = add("b");
  const auto c = add("c");
  turn.append(0, a);
  turn.append(1, a);
  turn.append(1, b);
  turn.append(0, c);
  turn.append(2, c);
  turn.append(2, b);
  EXPECT_EQ(written_to(0), bytes_of("a") + bytes_of("c"));
  EXPECT_EQ(written_to(1), bytes_of("a") + bytes_of("b"));
  EXPECT_EQ(written_to(2), bytes_of("c") + bytes_of("b"));
}

TEST_F(TurnBufferTest, TakesAFrameTwiceInARowForOnce) {
  const auto a = add("a");
  const auto b = add("b");
  for (const auto frame : {a, a, b, b, a}) turn.append(0, frame);
  EXPECT_EQ(written_to(0), bytes_of("a") + bytes_of("b") + bytes_of("a"));
}

TEST_F(TurnBufferTest, ForgetsWhatASlotWasDue) {
  turn.append(0, add("for the one who left"));
  turn.forget(0);
  EXPECT_FALSE(turn.is_due(0));
  turn.append(0, add("for the one who came"));
  EXPECT_EQ(written_to(0), bytes_of("for the one who came"));
  EXPECT_FALSE(turn.is_due(0));
}

TEST_F(TurnBufferTest, StartsTheNextTurnEmpty) {
  turn.append(0, add("a"));
  turn.append(0, add("b"));
  EXPECT_EQ(written_to(0), bytes_of("a") + bytes_of("b"));
  turn.clear();
  EXPECT_TRUE(turn.slots().empty());
  turn.append(0, add("c"));
  turn.append(0, add("d"));
  EXPECT_EQ(written_to(0), bytes_of("c") + bytes_of("d"));
}

TEST_F(TurnBufferTest, GivesEachSlotTheFormThatItTakes) {
  const auto a = turn.add(encode_frame(Opcode::text, "a", 1, "A"));
  const auto b = add("b");
  for (const std::uint32_t slot : {0, 1, 2, 3}) turn.append(slot, a);
  for (const std::uint32_t slot : {0, 1, 2}) turn.append(slot, b);
  EXPECT_EQ(written_to(0, true), "A" + bytes_of("b"));
  EXPECT_EQ(written_to(1, false), bytes_of("a") + bytes_of("b"));
  EXPECT_EQ(written_to(2, true), "A" + bytes_of("b"));
  EXPECT_EQ(written_to(3, true), "A");
  turn.clear();
  for (const auto frame : {add("c"), add("d")}) turn.append(0, frame);
  EXPECT_EQ(written_to(0, true), bytes_of("c") + bytes_of("d"));
}

}  // namespace
}  // namespace orbit::websocket
