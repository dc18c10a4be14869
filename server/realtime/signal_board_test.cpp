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
  EXPECT_EQ(board.take_news().size(), 2U);
  board.put(signal(ada, 1, "cursor", "3"));
  auto standing = payloads(board.standing());
  std::ranges::sort(standing);  // members stand in no order
  EXPECT_EQ(standing, (Payloads{"2", "3"}));
  board.forget(ada);
  EXPECT_EQ(payloads(board.standing()), Payloads{"2"});
  EXPECT_EQ(payloads(board.take_news()), Payloads{});
}

TEST_F(SignalBoardTest, WhatAMemberSignalledOnOneNodeVanishesWhenTheyLeaveThatNode) {
  const NodeIncarnation other = kernel::new_uuid(clock);
  board.put({ada, 0, "cursor", {"1"}, other});
  board.put({ada, 0, "typing", {"2"}, other});
  board.put(signal(ada, 1, "typing", "3"));
  board.put({grace, 0, "cursor", {"4"}, other});
  board.put({ada, 0, "selection", {"5"}, other});
  board.forget(ada, other, "selection");
  auto standing = payloads(board.standing());
  std::ranges::sort(standing);
  EXPECT_EQ(standing, (Payloads{"1", "3", "4"})) << "the newer value is of whoever signalled it";
  board.forget(ada, other);
  EXPECT_EQ(payloads(board.take_news()), (Payloads{"3", "4"}));
  board.forget(ada, std::nullopt);
  EXPECT_EQ(payloads(board.standing()), Payloads{"4"});
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

TEST_F(SignalBoardTest, ARunLeavesOutAllThatASocketSignalled) {
  std::vector<Signal> signals;
  for (const int i : {1, 2, 1, 3, 3, 1, 2, 1})
    signals.push_back(signal(ada, static_cast<SocketId>(i), "reaction", "0"));
  for (std::size_t i = 0; i < signals.size(); ++i) signals[i].payload.text = std::to_string(i);
  const SignalRun run(signals, "lobby", encoder);
  for (SocketId socket = 0; socket < 5; ++socket) {
    std::vector<Signal> others;
    for (const Signal& one : signals) {
      if (one.from != socket) others.push_back(one);
    }
    EXPECT_EQ(run.for_socket(socket)->bytes, SignalRun(others, "lobby", encoder).for_socket(99)->bytes) << socket;
  }
}

// Of each signal's frame, a compressed form as well.
struct HalvingEncoder final : FrameEncoder {
  [[nodiscard]] SharedFrame encode(std::string_view text, std::optional<kernel::Seq>,
                                   kernel::SteadyTime) const override {
    return std::make_shared<Frame>(Frame{.bytes = std::string(text), .deflated = std::string(text.substr(0, 9))});
  }
};

TEST_F(SignalBoardTest, ARunHasBothForms) {
  const SignalRun run({signal(ada, 1, "cursor", "1"), signal(grace, 2, "cursor", "2"), signal(grace, 3, "typing", "3")},
                      "lobby", HalvingEncoder());
  const std::string form = R"({"type":")";
  EXPECT_EQ(run.for_socket(4)->bytes_for(true), form + form + form);
  EXPECT_EQ(run.for_socket(2)->bytes_for(true), form + form);
  EXPECT_EQ(SignalRun({signal(ada, 1, "cursor", "1")}, "lobby", encoder).for_socket(2)->deflated, "");
}

TEST_F(SignalBoardTest, ARunMayBeSkippedUnlessSomethingInItCountsEach) {
  const SignalRun latest({signal(ada, 1, "cursor", "1"), signal(grace, 2, "cursor", "2")}, "lobby", encoder);
  EXPECT_TRUE(latest.for_socket(1)->skippable);
  EXPECT_TRUE(latest.for_socket(3)->skippable);
  const SignalRun mixed(
      {signal(ada, 1, "cursor", "1"), signal(ada, 1, "reaction", "2"), signal(grace, 2, "typing", "3")}, "lobby",
      encoder);
  EXPECT_FALSE(mixed.for_socket(2)->skippable);
  EXPECT_FALSE(mixed.for_socket(3)->skippable);
}

}  // namespace
}  // namespace orbit::realtime
