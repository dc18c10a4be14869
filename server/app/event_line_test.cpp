#include "app/event_line.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace orbit::app {
namespace {

const kernel::Timestamp noon = *kernel::from_iso8601("2026-01-01T12:00:00.250Z");

// As it reads, without the colours.
std::string line(std::string_view frame) {
  return std::regex_replace(event_line(frame, noon), std::regex("\x1b\\[[0-9;]*m"), "");
}

TEST(EventLine, TellsWhenWhichAndWhatAboutADurableEvent) {
  EXPECT_EQ(line(R"({"type":"workspace.updated","seq":42,"workspace":{"id":"ws_1","name":"Acme"}})"),
            "12:00:00.250     42  workspace.updated             Acme");
  EXPECT_EQ(line(R"({"type":"workspace.member.left","seq":1234567,"memberId":"mbr_1"})"),
            "12:00:00.250 1234567  workspace.member.left         mbr_1");
}

TEST(EventLine, LeavesTheSeqOutWhereThereIsNone) {
  EXPECT_EQ(line(R"({"type":"presence.update","memberId":"mbr_1","online":false,"status":"offline"})"),
            "12:00:00.250         presence.update               offline  mbr_1");
}

TEST(EventLine, SumsUpTheFirstFrame) {
  EXPECT_EQ(line(R"({"type":"hello","memberId":"mbr_1","seq":7,"presence":[{"memberId":"mbr_1"}]})"),
            "12:00:00.250         hello                         connected at seq 7, 1 here");
}

TEST(EventLine, SaysHowManyAreHereAsALargeWorkspaceTells) {
  EXPECT_EQ(line(R"({"type":"hello","memberId":"mbr_1","seq":7,"presence":[]})"),
            "12:00:00.250         hello                         connected at seq 7");
  EXPECT_EQ(line(R"({"type":"presence.count","online":1204})"),
            "12:00:00.250         presence.count                1204 here");
}

TEST(EventLine, TellsTheRoomOfASignalAndNotItsPayload) {
  const std::string signal = line(
      R"({"type":"room.signal","room":"board","memberId":"mbr_1","kind":"cursor","payload":{"name":"nobody","x":1}})");
  EXPECT_TRUE(signal.ends_with("board  mbr_1")) << signal;
}

TEST(EventLine, ColoursByTheFamilyOfTheEvent) {
  EXPECT_NE(event_line(R"({"type":"team.created","seq":1})", noon).find("\x1b[34m"), std::string::npos);
  EXPECT_NE(event_line(R"({"type":"resync","seq":1})", noon).find("\x1b[31m"), std::string::npos);
}

TEST(EventLine, ShowsWhatItCannotReadAsItIs) {
  EXPECT_EQ(line("not json"), "not json");
  EXPECT_EQ(line("[1]"), "[1]");
}

TEST(EventLine, LetsNoNameWriteToTheTerminal) {
  const std::string named =
      line(R"({"type":"team.updated","seq":1,"team":{"name":"a\u001b]0;title\u0007b\u009b2Jc\nd\u007fé"}})");
  EXPECT_TRUE(named.ends_with("a ]0;title b 2Jc d é")) << named;
  EXPECT_EQ(line("broken \x1b[2J"), "broken  [2J");
}

}  // namespace
}  // namespace orbit::app
