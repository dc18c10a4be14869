#include "websocket/outbound_queue.hpp"

#include <gtest/gtest.h>

#include "websocket/frame_codec.hpp"

namespace orbit::websocket {
namespace {

realtime::SharedFrame durable(std::string_view text) { return encode_frame(Opcode::text, text, 1); }
realtime::SharedFrame ephemeral(std::string_view text) { return encode_frame(Opcode::text, text); }

std::string all_of(OutboundQueue& queue) {
  std::string all;
  std::string scratch;
  while (!queue.empty()) {
    const auto bytes = queue.front(scratch);
    all += bytes;
    queue.consume(bytes.size());
  }
  return all;
}

TEST(OutboundQueue, GivesItsFramesBackByteForByte) {
  OutboundQueue queue(false);
  std::string expected;
  for (const char letter : {'a', 'b', 'c'}) {
    const auto frame = durable(std::string(200, letter));
    queue.push(frame, expected.empty() ? 3 : 0);
    expected += frame->bytes;
  }
  expected.erase(0, 3);
  std::string got;
  std::string scratch;
  for (std::size_t step = 1; !queue.empty(); ++step) {
    const auto bytes = queue.front(scratch).substr(0, step);
    got += bytes;
    queue.consume(bytes.size());
  }
  EXPECT_EQ(got, expected);
  EXPECT_EQ(queue.cost(), 0);
}

TEST(OutboundQueue, JoinsFramesUpToTheSizeOfAWrite) {
  OutboundQueue queue(false);
  std::string expected;
  for (int i = 0; i < 10; ++i) {
    const auto frame = durable(std::string(20'000, 'x'));
    queue.push(frame);
    expected += frame->bytes;
  }
  std::string scratch;
  EXPECT_EQ(queue.front(scratch).size(), 3 * 20'004);
  EXPECT_EQ(all_of(queue), expected);
}

TEST(OutboundQueue, DropsEphemeralFramesButNotOneThatIsHalfWritten) {
  OutboundQueue queue(false);
  const auto first = ephemeral("half written");
  queue.push(first, 4);
  queue.push(ephemeral("dropped"));
  queue.push(durable("kept"));
  queue.push(ephemeral("dropped as well"));
  EXPECT_EQ(queue.drop_ephemeral(), 2);
  EXPECT_EQ(queue.drop_ephemeral(), 0);
  EXPECT_EQ(queue.cost(), queue.cost(*first) + queue.cost(*durable("kept")));
  EXPECT_EQ(all_of(queue), first->bytes.substr(4) + durable("kept")->bytes);
}

TEST(OutboundQueue, DropsUnstartedFramesOnly) {
  OutboundQueue queue(false);
  queue.push(durable("half written"));
  queue.push(durable("dropped"));
  queue.consume(1);
  EXPECT_EQ(queue.drop_unstarted(), 1);
  EXPECT_EQ(all_of(queue), durable("half written")->bytes.substr(1));
  queue.push(durable("not begun"));
  EXPECT_EQ(queue.drop_unstarted(), 1);
  EXPECT_TRUE(queue.empty());
}

TEST(OutboundQueue, HoldsTheFormThatItsSocketTakes) {
  OutboundQueue plain(false);
  OutboundQueue deflating(true);
  std::string expected;
  for (const char letter : {'a', 'b'}) {
    const auto frame = encode_frame(Opcode::text, std::string(200, letter), 1, std::string("short") + letter);
    for (OutboundQueue* queue : {&plain, &deflating}) queue->push(frame);
    expected += frame->bytes;
  }
  EXPECT_LT(deflating.cost(), plain.cost());
  EXPECT_EQ(all_of(plain), expected);
  EXPECT_EQ(all_of(deflating), "shortashortb");
  EXPECT_EQ(deflating.cost(), 0);
}

}  // namespace
}  // namespace orbit::websocket
