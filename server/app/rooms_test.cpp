// Who is in which room, and what they hear there.
#include "app/realtime_harness.hpp"

namespace orbit::app {
namespace {

using catalog::SystemRole;
using std::chrono::milliseconds;

class RoomsTest : public RealtimeHarness {
 protected:
  RoomsTest() {
    grace_member = join(grace, "grace@acme.test");
    alan_member = join(alan, "alan@acme.test");
    team = domain->teams.create(ada, "acme", "Engines")->id;
    add(ada_member);
    add(grace_member);
  }
  void add(kernel::MemberId member) {
    ASSERT_EQ(code(domain->teams.add_member(ada, "acme", team, member)), "");
    scheduler.run_posted();
  }

  /// What all those told so far is forgotten, so that a test hears only what it does.
  void hush(const std::vector<SocketHandle>& sockets) {
    for (const SocketHandle& socket : sockets) take(socket);
  }

  /// Types, each with what matters of the frame: "room.presence alan went".
  Types told(const SocketHandle& socket) {
    scheduler.run_posted();
    Types out;
    for (const std::string& text : shard.take(socket.slot.index)) {
      if (!text.starts_with('{')) out.push_back(text);
      for (const auto& frame : frames_in(text)) {
        std::string line(frame.at("type").as_string());
        if (line == "room.presence") line += " " + name(frame) + (frame.at("online").as_bool() ? " came" : " went");
        if (line == "room.joined") line += " of " + std::to_string(frame.at("members").as_array().size());
        if (line == "room.signal") {
          line += " " + name(frame) + " " + boost::json::serialize(frame.at("payload"));
        }
        if (line == "error") line += " " + std::string(frame.at("code").as_string());
        if (line.starts_with("room.") || line.starts_with("error")) out.push_back(line);
      }
    }
    return out;
  }
  std::string name(const boost::json::value& frame) {
    const std::string_view id = frame.at("memberId").as_string();
    return id == ada_member.str() ? "ada" : id == grace_member.str() ? "grace" : id == alan_member.str() ? "alan" : "?";
  }

  void enter(const SocketHandle& socket, const std::string& room) {
    gateway.received(socket, R"({"type":"room.join","room":")" + room + "\"}");
  }
  void leave(const SocketHandle& socket, const std::string& room) {
    gateway.received(socket, R"({"type":"room.leave","room":")" + room + "\"}");
  }
  void signal(const SocketHandle& socket, const std::string& payload, const std::string& kind = "cursor",
              const std::string& room = "workspace") {
    gateway.received(socket, R"({"type":"room.signal","room":")" + room + R"(","kind":")" + kind + R"(","payload":)" +
                                 payload + "}");
  }

  kernel::TeamId team;
  kernel::MemberId grace_member, alan_member;
};

TEST_F(RoomsTest, WhoComesInIsToldWhoIsThereAndTheOthersOfThem) {
  const auto adas = open(ada), graces = open(grace);
  hush({adas, graces});
  enter(adas, "workspace");
  EXPECT_EQ(told(adas), Types{"room.joined of 1"});
  enter(graces, "workspace");
  EXPECT_EQ(told(graces), Types{"room.joined of 2"});
  EXPECT_EQ(told(adas), Types{"room.presence grace came"});
  leave(graces, "workspace");
  EXPECT_EQ(told(graces), Types{"room.left"});
  EXPECT_EQ(told(adas), Types{"room.presence grace went"});
}

TEST_F(RoomsTest, AMemberWithTwoTabsInARoomIsInItOnce) {
  const auto adas = open(ada), first = open(grace), second = open(grace);
  for (const auto& socket : {adas, first, second}) enter(socket, "workspace");
  hush({adas, first, second});
  leave(first, "workspace");
  EXPECT_EQ(told(adas), Types{});
  leave(second, "workspace");
  EXPECT_EQ(told(adas), Types{"room.presence grace went"});
}

TEST_F(RoomsTest, AReloadIsNotSeen) {
  const auto adas = open(ada), graces = open(grace);
  enter(adas, "workspace"), enter(graces, "workspace");
  hush({adas, graces});
  gateway.closed(graces);
  scheduler.run_posted();
  scheduler.advance(milliseconds{1'500});
  const auto again = open(grace);
  enter(again, "workspace");
  scheduler.run_posted();
  scheduler.advance(milliseconds{5'000});
  EXPECT_EQ(told(adas), Types{});
  gateway.closed(again);
  scheduler.run_posted();
  scheduler.advance(milliseconds{2'000});
  EXPECT_EQ(told(adas), Types{"room.presence grace went"});
}

TEST_F(RoomsTest, ATeamsRoomIsForItsMembers) {
  const auto adas = open(ada), alans = open(alan);
  hush({adas, alans});
  enter(adas, team.str());
  EXPECT_EQ(told(adas), Types{"room.joined of 1"});
  enter(alans, team.str());
  EXPECT_EQ(told(alans), Types{"error room.forbidden"});
  enter(alans, kernel::TeamId::create(clock).str());
  EXPECT_EQ(told(alans), Types{"error room.forbidden"}) << "what isn't there looks the same";
  enter(alans, "nowhere");
  EXPECT_EQ(told(alans), Types{"error room.unknown"});
  leave(alans, team.str());
  EXPECT_EQ(told(alans), Types{"error room.not_joined"});
  EXPECT_EQ(told(adas), Types{});
}

TEST_F(RoomsTest, WhoeverIsTakenOutOfATeamIsOutOfItsRoomAndHearsNothingMore) {
  const auto adas = open(ada), graces = open(grace);
  enter(adas, team.str()), enter(graces, team.str());
  hush({adas, graces});
  ASSERT_EQ(code(domain->teams.remove_member(ada, "acme", team, grace_member)), "");
  scheduler.run_posted();
  signal(adas, "1", "cursor", team.str());
  EXPECT_EQ(told(graces), Types{"room.left"});
  EXPECT_EQ(told(adas), Types{"room.presence grace went"});
  signal(graces, "2", "cursor", team.str());
  EXPECT_EQ(told(graces), Types{"error room.not_joined"});
}

TEST_F(RoomsTest, ATeamThatIsDeletedEmptiesItsRoomAndNoOther) {
  const auto adas = open(ada), graces = open(grace);
  enter(adas, team.str()), enter(graces, team.str()), enter(graces, "workspace");
  hush({adas, graces});
  ASSERT_EQ(code(domain->teams.remove(ada, "acme", team)), "");
  EXPECT_EQ(told(adas), Types{"room.left"});
  EXPECT_EQ(told(graces), Types{"room.left"});
  leave(graces, "workspace");
  EXPECT_EQ(told(graces), Types{"room.left"});
}

TEST_F(RoomsTest, AMemberWhoIsRemovedIsOutOfTheRoomAtOnce) {
  const auto adas = open(ada), graces = open(grace);
  enter(adas, "workspace"), enter(graces, "workspace");
  hush({adas, graces});
  ASSERT_EQ(code(domain->members.remove(ada, "acme", grace_member)), "");
  scheduler.run_posted();
  gateway.closed(graces);
  scheduler.run_posted();
  scheduler.advance(milliseconds{5'000});
  EXPECT_EQ(told(adas), Types{"room.presence grace went"});
  EXPECT_EQ(told(graces), Types{"close 4403"});
}

TEST_F(RoomsTest, ATabIsInSoManyRoomsAndNoMore) {
  const auto adas = open(ada);
  for (const char* name : {"Design", "Sales"}) {
    const auto other = domain->teams.create(ada, "acme", name)->id;
    ASSERT_EQ(code(domain->teams.add_member(ada, "acme", other, ada_member)), "");
    enter(adas, other.str());
  }
  enter(adas, "workspace");
  hush({adas});
  enter(adas, team.str());
  EXPECT_EQ(told(adas), Types{"error room.too_many"});
  leave(adas, "workspace");
  enter(adas, team.str());
  EXPECT_EQ(told(adas), (Types{"room.left", "room.joined of 1"}));
}

TEST_F(RoomsTest, ASignalInAQuietRoomIsHeardAtOnceByAllButItsSender) {
  const auto adas = open(ada), graces = open(grace);
  enter(adas, "workspace"), enter(graces, "workspace");
  hush({adas, graces});
  signal(adas, R"({"x":1})");
  EXPECT_EQ(told(graces), Types{R"(room.signal ada {"x":1})"});
  EXPECT_EQ(told(adas), Types{});
}

TEST_F(RoomsTest, SignalsOfABusyRoomLeaveTogetherWithTheTickAsTheyAreThen) {
  const auto adas = open(ada), graces = open(grace), alans = open(alan);
  for (const auto& socket : {adas, graces, alans}) enter(socket, "workspace");
  hush({adas, graces, alans});
  signal(adas, "1");
  told(graces);
  for (int i = 2; i < 10; ++i) signal(adas, std::to_string(i));
  signal(graces, "100");
  signal(adas, "10", "reaction");
  signal(adas, "11", "reaction");
  EXPECT_EQ(told(alans), Types{"room.signal ada 1"});
  scheduler.advance(milliseconds{49});
  EXPECT_EQ(told(alans), Types{});
  scheduler.advance(milliseconds{1});
  EXPECT_EQ(told(alans),
            (Types{"room.signal ada 9", "room.signal grace 100", "room.signal ada 10", "room.signal ada 11"}));
  EXPECT_EQ(told(adas), Types{"room.signal grace 100"});
  scheduler.advance(milliseconds{50});
  EXPECT_EQ(told(alans), Types{});
  signal(graces, "101");
  EXPECT_EQ(told(alans), Types{"room.signal grace 101"}) << "the room is quiet again";
}

TEST_F(RoomsTest, WhoComesInHearsWhatStands) {
  const auto adas = open(ada), graces = open(grace), alans = open(alan);
  enter(adas, "workspace"), enter(graces, "workspace");
  signal(adas, "1"), signal(adas, "2"), signal(graces, "7", "typing");
  scheduler.run_posted();
  scheduler.advance(milliseconds{50});
  leave(graces, "workspace");
  hush({alans});
  enter(alans, "workspace");
  EXPECT_EQ(told(alans), (Types{"room.joined of 2", "room.signal ada 2"})) << "what grace typed left with her";
}

TEST_F(RoomsTest, WhoSkippedSignalsIsToldWhatStandsAndNoMore) {
  const auto adas = open(ada), graces = open(grace), alans = open(alan);
  for (const auto& socket : {adas, graces, alans}) enter(socket, "workspace");
  enter(adas, team.str()), enter(graces, team.str());
  signal(adas, "1"), signal(graces, "2"), signal(alans, "3"), signal(graces, "4", "reaction");
  signal(graces, "5", "typing", team.str());
  scheduler.run_posted();
  scheduler.advance(milliseconds{50});
  leave(alans, "workspace");
  hush({adas, graces, alans});
  for (const auto& socket : {adas, alans}) gateway.skipped(socket);
  auto got = told(adas);
  std::ranges::sort(got);
  EXPECT_EQ(got, (Types{"room.signal grace 2", "room.signal grace 5"})) << "what alan signalled left with him";
  EXPECT_EQ(told(alans), Types{}) << "he is in no room";
  gateway.closed(adas);
  gateway.skipped(adas);
  EXPECT_EQ(told(adas), Types{});
}

}  // namespace
}  // namespace orbit::app
