#include "realtime/frame_ring.hpp"

#include <gtest/gtest.h>

namespace orbit::realtime {
namespace {

using catalog::Audience;
using kernel::Seq;

HistoryEntry entry(Seq seq, std::string text, Audience audience = Audience::workspace,
                   std::optional<kernel::Uuid> permissions_of = {}) {
  return {seq, audience, std::make_shared<Frame>(Frame{std::move(text), 0, seq}), permissions_of};
}

std::string text(const SharedFrame& frame) { return frame ? frame->bytes : ""; }

constexpr Viewer member{{1}, {2}, false};
constexpr Viewer inviter{{1}, {2}, true};

TEST(FrameRing, GivesWhatFollowsACursorInOneRun) {
  FrameRing ring(4, {});
  for (const Seq seq : {5, 6, 8}) ring.push(entry(seq, std::to_string(seq)));
  EXPECT_EQ(text(ring.after(4, member)), "568");
  EXPECT_EQ(text(ring.after(5, member)), "68");
  EXPECT_EQ(text(ring.after(7, member)), "8");
  EXPECT_EQ(ring.after(8, member), nullptr);
  EXPECT_EQ(ring.after(4, member)->seq, 8U);
}

TEST(FrameRing, MakesARunOnceForAllThatAskForTheSame) {
  FrameRing ring(0, {});
  ring.push(entry(1, "a"));
  ring.push(entry(2, "b"));
  const auto first = ring.after(0, member);
  EXPECT_EQ(ring.after(0, member), first);
  ring.push(entry(3, "c"));
  EXPECT_EQ(text(ring.after(0, member)), "abc");
}

TEST(FrameRing, KeepsWhatOnlySomeMaySeeFromTheOthers) {
  FrameRing ring(0, {});
  ring.push(entry(1, "a"));
  ring.push(entry(2, "invite", Audience::inviters));
  EXPECT_EQ(text(ring.after(0, member)), "a");
  EXPECT_EQ(text(ring.after(0, inviter)), "ainvite");
  EXPECT_EQ(ring.after(1, member), nullptr);
}

TEST(FrameRing, LetsGoOfTheOldestPastEitherLimit) {
  FrameRing by_count(0, {.frames = 2});
  for (const Seq seq : {1, 2, 3}) by_count.push(entry(seq, "x"));
  EXPECT_EQ(by_count.floor(), 1U);
  EXPECT_EQ(by_count.size(), 2U);

  FrameRing by_bytes(0, {.frames = 100, .bytes = entry_overhead + 5});
  by_bytes.push(entry(1, "abc"));
  by_bytes.push(entry(2, "def"));
  EXPECT_EQ(by_bytes.floor(), 1U);
  EXPECT_EQ(by_bytes.bytes(), entry_overhead + 3);
  by_bytes.push(entry(3, "larger than all"));
  EXPECT_EQ(by_bytes.floor(), 3U);
  EXPECT_EQ(by_bytes.size(), 0U);

  FrameRing with_both_forms(0, {.frames = 100, .bytes = entry_overhead + 5});
  for (const Seq seq : {1, 2}) {
    HistoryEntry both = entry(seq, "");
    both.frame = std::make_shared<Frame>(Frame{"abc", 0, seq, "d"});
    with_both_forms.push(std::move(both));
  }
  EXPECT_EQ(with_both_forms.bytes(), entry_overhead + 4);
}

TEST(FrameRing, CountsWhatItJoinedUntilTheNextFrame) {
  FrameRing ring(0, {});
  for (const Seq seq : {1, 2, 3}) ring.push(entry(seq, "abc"));
  const std::size_t entries = 3 * (entry_overhead + 3);
  EXPECT_EQ(ring.after(0, Viewer{}), ring.after(0, Viewer{})) << "made once";
  EXPECT_EQ(ring.bytes(), entries + 9);
  ASSERT_NE(ring.after(1, Viewer{}), nullptr);
  EXPECT_EQ(ring.bytes(), entries + 9 + 6);
  ASSERT_NE(ring.after(2, Viewer{}), nullptr);
  EXPECT_EQ(ring.bytes(), entries + 9 + 6) << "a single one is the frame itself";
  ring.push(entry(4, "abc"));
  EXPECT_EQ(ring.bytes(), entries + entry_overhead + 3);
}

TEST(FrameRing, HoldsWhatCameFromTheLogWholeUntilItSettles) {
  FrameRing ring(9, {.frames = 2});
  ring.fill({entry(3, "c"), entry(5, "e"), entry(9, "i")}, 2);
  EXPECT_EQ(ring.floor(), 2U);
  ring.push(entry(10, "j"));
  ring.push(entry(11, "k"));
  EXPECT_EQ(text(ring.after(2, member)), "ceijk");
  ring.push(entry(12, "l"));
  EXPECT_EQ(ring.floor(), 3U) << "what comes on top is bounded too";
  ring.settle();
  EXPECT_EQ(ring.floor(), 10U);
  EXPECT_EQ(text(ring.after(10, member)), "kl");
}

TEST(FrameRing, KnowsWhoMayHaveGainedAPermission) {
  FrameRing ring(0, {});
  ring.push(entry(1, "a", Audience::workspace, member.member));
  ring.push(entry(2, "b", Audience::workspace, member.role));
  ring.push(entry(3, "c", Audience::workspace, kernel::Uuid{7}));
  EXPECT_TRUE(ring.may_have_gained(inviter, 0));
  EXPECT_TRUE(ring.may_have_gained(inviter, 1));
  EXPECT_FALSE(ring.may_have_gained(inviter, 2)) << "another's";
  EXPECT_FALSE(ring.may_have_gained(member, 0)) << "who sees no more than before gained nothing to see";
}

TEST(FrameRing, ARoomsFramesAreForTheRoomAndNothingElseIs) {
  FrameRing ring(0, {});
  const auto in_room = [&](Seq seq, std::string room) {
    HistoryEntry held = entry(seq, std::to_string(seq), Audience::room);
    held.room = std::move(room);
    ring.push(std::move(held));
  };
  ring.push(entry(1, "1"));
  in_room(2, "board_1");
  in_room(3, "board_2");
  ring.push(entry(4, "4", Audience::inviters));
  in_room(5, "board_1");
  const Viewer board{.room = "board_1"};
  EXPECT_EQ(text(ring.after(0, board)), "25");
  EXPECT_EQ(text(ring.after(2, board)), "5");
  EXPECT_EQ(ring.after(0, board), ring.after(0, board)) << "made once";
  EXPECT_EQ(text(ring.after(0, Viewer{.room = "board_2"})), "3");
  EXPECT_EQ(text(ring.after(0, member)), "1");
  EXPECT_EQ(text(ring.after(0, inviter)), "14");
}

}  // namespace
}  // namespace orbit::realtime
