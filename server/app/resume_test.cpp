// What a tab that comes back with its cursor gets.
#include "app/realtime_harness.hpp"

namespace orbit::app {
namespace {

using catalog::SystemRole;
using kernel::Seq;

class ResumeTest : public RealtimeHarness {
 protected:
  /// Where acme's stream stands, as a tab that has everything would say it.
  realtime::StreamCursor now() {
    scheduler.run_posted();
    return {epoch(), read([&](const auto& context) { return database->event_log().head(context, acme); })};
  }

  /// All that the socket got, frame by frame.
  std::vector<boost::json::value> frames(const SocketHandle& socket) {
    scheduler.run_posted();
    std::string all;
    for (const std::string& text : shard.take(socket.slot.index)) all += text;
    return frames_in(all);
  }

  /// The reason of a tab's resync; empty where it went on without.
  std::string resync_reason(const SocketHandle& socket) {
    const auto got = frames(socket);
    EXPECT_EQ(got.at(0).at("type"), "hello");
    if (got.size() < 2 || got[1].at("type") != "resync") return "";
    EXPECT_EQ(got[1].at("seq"), got[0].at("seq"));
    return std::string(got[1].at("reason").as_string());
  }

  void add_team(const std::string& name) { ASSERT_EQ(code(domain->teams.create(ada, "acme", name)), ""); }

  std::int64_t log_reads() {
    std::int64_t value = -1;
    metrics.visit([&](const auto& entry) {
      if (entry.name == "orbit_history_log_reads_total") value = entry.metric.value();
    });
    return value;
  }
};

TEST_F(ResumeTest, WhatWasMissedComesInOrderFromMemoryThenTheStreamGoesOn) {
  const auto witness = open(ada);
  const auto cursor = now();
  add_team("Engines");
  add_team("Design");
  scheduler.run_posted();
  const auto back = open(ada, cursor);
  add_team("Later");
  const auto got = frames(back);
  ASSERT_EQ(got.size(), 4U);
  EXPECT_EQ(got[0].at("type"), "hello");
  EXPECT_EQ(got[0].at("seq").as_int64(), static_cast<std::int64_t>(cursor.seq));
  for (std::size_t i = 1; i < got.size(); ++i) {
    EXPECT_EQ(got[i].at("seq").as_int64(), static_cast<std::int64_t>(cursor.seq + i));
  }
  EXPECT_EQ(log_reads(), 0);
  take(witness);
}

TEST_F(ResumeTest, WhoMissedNothingGetsAHelloAndNoMore) {
  const auto back = open(ada, now());
  EXPECT_EQ(take(back), Types{"hello"});
  EXPECT_EQ(log_reads(), 0);
}

TEST_F(ResumeTest, WhatIsNoLongerInMemoryComesFromTheLogAsItIsNow) {
  const auto cursor = now();
  const auto team = domain->teams.create(ada, "acme", "Engines")->id;
  const auto member = join(grace, "grace@acme.test");
  for (const char* name : {"Motors", "Rotors", "Turbines"}) {
    ASSERT_EQ(code(domain->teams.rename(ada, "acme", team, name)), "");
  }
  ASSERT_EQ(code(domain->teams.add_member(ada, "acme", team, member)), "");
  ASSERT_EQ(code(domain->workspaces.rename(ada, "acme", "Acme Rockets")), "");
  const auto at = now();
  const auto back = open(ada, cursor);
  const auto got = frames(back);
  EXPECT_EQ(log_reads(), 1);

  Types types;
  for (const auto& frame : got) types.emplace_back(frame.at("type").as_string());
  EXPECT_EQ(types, (Types{"hello", "workspace.invite.accepted", "workspace.member.joined", "team.updated",
                          "workspace.updated"}));
  EXPECT_EQ(got.back().at("seq").as_int64(), static_cast<std::int64_t>(at.seq));
  const auto& told = got[3].at("team");
  EXPECT_EQ(told.at("name"), "Turbines");
  EXPECT_EQ(told.at("memberIds").as_array().size(), 1U);
}

TEST_F(ResumeTest, DeletionsAreReplayedAndWhatTheyMadeMoot) {
  const auto member = join(grace, "grace@acme.test");
  const auto team = domain->teams.create(ada, "acme", "Engines")->id;
  const auto role = domain->roles.create(ada, "acme", {"Pilot", {}, {}})->id;
  const auto cursor = now();
  ASSERT_EQ(code(domain->teams.rename(ada, "acme", team, "Motors")), "");
  ASSERT_EQ(code(domain->members.remove(ada, "acme", member)), "");
  ASSERT_EQ(code(domain->teams.remove(ada, "acme", team)), "");
  ASSERT_EQ(code(domain->roles.remove(ada, "acme", role)), "");
  now();
  EXPECT_EQ(take(open(ada, cursor)),
            (Types{"hello", "workspace.member.left", "team.deleted", "workspace.role.deleted"}));
}

TEST_F(ResumeTest, AWholeWorkspaceThatComesBackReadsTheLogOnce) {
  join(grace, "grace@acme.test");
  join(alan, "alan@acme.test");
  const auto cursor = now();
  for (const char* name : {"A", "B", "C"}) add_team(name);
  now();
  const auto witness = open(ada);  // knows of nothing before it came
  // The one that missed least comes first.
  for (Seq missed = 1; missed <= 3; ++missed) {
    for (const auto person : {ada, grace, alan}) {
      const auto back = open(person, realtime::StreamCursor{epoch(), cursor.seq + 3 - missed});
      auto types = take(back);
      std::erase(types, "presence.update");
      EXPECT_EQ(types.size(), 1 + missed);
      gateway.closed(back);
    }
    scheduler.run_posted();
  }
  EXPECT_EQ(log_reads(), 1);
  take(witness);
}

TEST_F(ResumeTest, ATabOfAnotherHistoryOrFromTheFutureHydrates) {
  const auto cursor = now();
  EXPECT_EQ(resync_reason(open(ada, realtime::StreamCursor{"another", cursor.seq})), "epoch_changed");
  EXPECT_EQ(resync_reason(open(ada, realtime::StreamCursor{epoch(), cursor.seq + 1})), "cursor_ahead");
}

TEST_F(ResumeTest, ATabOfAWorkspaceWhoseSlugNamesAnotherNowHydrates) {
  const auto cursor = now();
  ASSERT_EQ(code(domain->workspaces.remove(ada, "acme")), "");
  ASSERT_EQ(code(domain->workspaces.create(ada, "acme", "Another")), "");
  for (Seq seq = 0; seq < cursor.seq; ++seq) add_team("Team " + std::to_string(seq));
  scheduler.run_posted();
  EXPECT_EQ(resync_reason(open(ada, cursor)), "epoch_changed");
}

TEST_F(ResumeTest, ATabThatMissedMoreThanASnapshotCostsHydrates) {
  const auto cursor = now();
  for (int i = 0; i < 21; ++i) add_team("Team " + std::to_string(i));
  now();
  EXPECT_EQ(resync_reason(open(ada, cursor)), "too_far_behind");
  EXPECT_EQ(log_reads(), 0) << "it is known before it is read";
  EXPECT_EQ(resync_reason(open(ada, realtime::StreamCursor{epoch(), cursor.seq + 1})), "");
}

TEST_F(ResumeTest, WhatOnlySomeMaySeeIsReplayedToThoseAlone) {
  join(grace, "grace@acme.test");
  const auto cursor = now();
  ASSERT_EQ(code(domain->invites.create(ada, "acme", {"a@x.test", {}})), "");
  add_team("Engines");
  now();
  EXPECT_EQ(take(open(grace, cursor)), (Types{"hello", "team.created"}));
  auto mine = take(open(ada, cursor));
  std::erase(mine, "presence.update");
  EXPECT_EQ(mine, (Types{"hello", "workspace.invite.created", "team.created"}));
}

TEST_F(ResumeTest, WhoMaySeeMoreThanBeforeHydrates) {
  const auto member = join(grace, "grace@acme.test");
  const auto cursor = now();
  ASSERT_EQ(code(domain->members.change_role(ada, "acme", member, role(SystemRole::ADMIN))), "");
  now();
  EXPECT_EQ(resync_reason(open(grace, cursor)), "permissions");
  EXPECT_EQ(resync_reason(open(ada, cursor)), "");
}

TEST_F(ResumeTest, WhoMaySeeLessGoesOnWithLess) {
  const auto member = join(grace, "grace@acme.test", role(SystemRole::ADMIN));
  const auto cursor = now();
  ASSERT_EQ(code(domain->members.change_role(ada, "acme", member, role(SystemRole::MEMBER))), "");
  ASSERT_EQ(code(domain->invites.create(ada, "acme", {"a@x.test", {}})), "");
  now();
  EXPECT_EQ(take(open(grace, cursor)), (Types{"hello", "workspace.member.role_changed"}));
}

TEST_F(ResumeTest, ASnapshotThatIsAheadOfTheStreamIsJoinedWithoutAGapOrADouble) {
  const auto witness = open(ada);
  take(witness);
  add_team("Engines");  // committed, and not yet heard of by the relay
  const Seq head = read([&](const auto& context) { return database->event_log().head(context, acme); });
  const auto socket = socket_of(ada);
  scheduler.post([&] { add_team("Later"); });
  gateway.opened(socket, realtime::StreamCursor{epoch(), head});
  const auto got = frames(socket);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].at("type"), "hello");
  EXPECT_EQ(got[1].at("team").at("name"), "Later");
  EXPECT_EQ(take(witness).size(), 2U) << "the witness hears of both, once";
}

TEST_F(ResumeTest, AcrossALostEventTheLogIsReadAndNotMemory) {
  const auto witness = open(ada);
  const auto cursor = now();
  add_team("Engines");
  add_team("Design");
  scheduler.run_posted();
  publisher.event_lost({"workspaces.team.created", acme, {}, clock.now(), cursor.seq + 2});
  EXPECT_EQ(take(open(ada, cursor)), (Types{"hello", "team.created", "team.created"}));
  EXPECT_EQ(log_reads(), 1);
  take(witness);
}

}  // namespace
}  // namespace orbit::app
