#include "websocket/send_ring.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

namespace orbit::websocket {
namespace {

class SendRingTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!ring) GTEST_SKIP() << "this kernel gives no io_uring";
    for (auto& pair : pairs) {
      ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()), 0);
    }
  }
  void TearDown() override {
    for (const auto& pair : pairs) {
      for (const int end : pair) {
        if (end >= 0) close(end);
      }
    }
  }

  static std::string read_from(int descriptor) {
    std::array<char, 4096> buffer{};
    const ssize_t size = recv(descriptor, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : std::string();
  }

  std::unique_ptr<SendRing> ring = SendRing::create();
  std::array<std::array<int, 2>, 3> pairs{{{-1, -1}, {-1, -1}, {-1, -1}}};
};

TEST_F(SendRingTest, SendsToEachSocketWhatIsForIt) {
  for (std::uint32_t i = 0; i < pairs.size(); ++i) ring->add(i, pairs[i][0], i == 1 ? "two" : "others");
  const auto sent = ring->submit();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[1].slot, 1U);
  EXPECT_EQ(sent[1].result, 3);
  EXPECT_EQ(sent[2].result, 6);
  EXPECT_EQ(read_from(pairs[0][1]), "others");
  EXPECT_EQ(read_from(pairs[1][1]), "two");
}

TEST_F(SendRingTest, DoesNotWaitForASocketThatTakesNoMore) {
  const std::string much(1024 * 1024, 'x');
  while (send(pairs[0][0], much.data(), much.size(), MSG_DONTWAIT) > 0) {
  }
  ring->add(0, pairs[0][0], "more");
  ring->add(1, pairs[1][0], "next");
  const auto sent = ring->submit();
  EXPECT_EQ(sent[0].result, -EAGAIN);
  EXPECT_EQ(sent[1].result, 4);
}

TEST_F(SendRingTest, TellsHowMuchOfALongTextWasTaken) {
  const std::string much(16 * 1024 * 1024, 'x');
  ring->add(0, pairs[0][0], much);
  const int taken = ring->submit()[0].result;
  EXPECT_GT(taken, 0);
  EXPECT_LT(taken, static_cast<int>(much.size()));
}

TEST_F(SendRingTest, TellsOfAPeerThatIsGoneWithoutASignal) {
  close(pairs[0][1]);
  pairs[0][1] = -1;
  ring->add(7, pairs[0][0], "anyone?");
  const auto sent = ring->submit();
  EXPECT_EQ(sent[0].slot, 7U);
  EXPECT_EQ(sent[0].result, -EPIPE);
}

TEST_F(SendRingTest, GoesOnAfterItWasFull) {
  for (const std::string text : {"x", "y"}) {
    std::string expected;
    for (; !ring->full(); expected += text) ring->add(0, pairs[0][0], text);
    for (const auto& sent : ring->submit()) ASSERT_EQ(sent.result, 1);
    EXPECT_EQ(read_from(pairs[0][1]), expected);
  }
}

}  // namespace
}  // namespace orbit::websocket
