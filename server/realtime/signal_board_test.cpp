#include "realtime/signal_board.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "realtime/recording_shard.hpp"

namespace orbit::realtime {
namespace {

class SignalBoardTest : public testing::Test {
 protected:
  Signal signal(kernel::MemberId member, SocketId from, std::string kind, std::string payload) {
    return {member, from, std::move(kind), {std::move(payload)}};
  }
  static std::vector<std::string> payloads(const std::vector<Signal>& signals) {
    std::vector<std::string> out;
    for (const Signal& one : signals) out.push_back(one.payload.text);
    return out;
  }

  kernel::ManualClock clock;
  kernel::MemberId ada = kernel::MemberId::create(clock);
  kernel::MemberId grace = kernel::MemberId::create(clock);
  PlainEncoder encoder;
  SignalBoard board;
  using Payloads = std::vector<std::string>;
};

TEST_F(SignalBoardTest, OfWhatCountsNowOnlyTheLatestIsNews) {
  board.put(signal(ada, 1, "cursor", "1"));
  board.put(signal(grace, 2, "cursor", "2"));
  board.put(signal(ada, 1, "cursor", "3"));
  board.put(signal(ada, 1, "typing", "true"));
  EXPECT_EQ(payloads(board.take_news()), (Payloads{"2", "3", "true"}));
  EXPECT_FALSE(board.has_news());
}

TEST_F(SignalBoardTest, WhatIsDeliveredEachIsNewsEachTime) {
  board.put(signal(ada, 1, "reaction", "1"));
  board.put(signal(ada, 1, "reaction", "2"));
  EXPECT_EQ(payloads(board.take_news()), (Payloads{"1", "2"}));
  EXPECT_EQ(payloads(board.standing()), Payloads{}) << "it is not a state";
}

TEST_F(SignalBoardTest, KnowsWhatStandsUntilTheMemberLeaves) {
  board.put(signal(ada, 1, "cursor", "1"));
  board.put(signal(grace, 2, "cursor", "2"));
  board.take_news();
  board.put(signal(ada, 1, "cursor", "3"));
  auto standing = payloads(board.standing());
  std::ranges::sort(standing);  // members stand in no order
  EXPECT_EQ(standing, (Payloads{"2", "3"}));
  board.forget(ada);
  EXPECT_EQ(payloads(board.standing()), Payloads{"2"});
  EXPECT_EQ(payloads(board.take_news()), Payloads{});
}

TEST_F(SignalBoardTest, IsBounded) {
  for (std::size_t i = 0; i < SignalBoard::max_kinds; ++i) {
    EXPECT_TRUE(board.put(signal(ada, 1, "kind" + std::to_string(i), "1")));
  }
  EXPECT_FALSE(board.put(signal(ada, 1, "another", "1")));
  EXPECT_TRUE(board.put(signal(ada, 1, "kind0", "2"))) << "a newer value takes no more room";
  EXPECT_TRUE(board.put(signal(grace, 2, "another", "1")));
  while (board.put(signal(ada, 1, "reaction", "1"))) {
  }
  EXPECT_EQ(board.take_news().size(), SignalBoard::max_waiting);
}

TEST_F(SignalBoardTest, ARunLeavesASocketsOwnSignalsOut) {
  const SignalRun run({signal(ada, 1, "cursor", "1"), signal(grace, 2, "cursor", "2")}, "lobby", encoder);
  const auto text = [&](SocketId socket) {
    const auto frame = run.for_socket(socket);
    return frame ? frame->bytes : "";
  };
  const auto frame = [](kernel::MemberId member, const std::string& payload) {
    return R"({"type":"room.signal","room":"lobby","memberId":")" + member.str() + R"(","kind":"cursor","payload":)" +
           payload + "}";
  };
  EXPECT_EQ(text(1), frame(grace, "2"));
  EXPECT_EQ(text(2), frame(ada, "1"));
  EXPECT_EQ(text(3), frame(ada, "1") + frame(grace, "2"));
  EXPECT_EQ(run.for_socket(3), run.for_socket(4)) << "made once";
  EXPECT_EQ(SignalRun({signal(ada, 1, "cursor", "1")}, "lobby", encoder).for_socket(1), nullptr);
}

}  // namespace
}  // namespace orbit::realtime
