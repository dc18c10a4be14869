// What tabs hear, from the commit to the socket.
#include "app/realtime_harness.hpp"

namespace orbit::app {
namespace {

using catalog::SystemRole;

class RealtimeTest : public RealtimeHarness {};

TEST_F(RealtimeTest, AnEventIsBroadcastAsTheCommittedStateItCaused) {
  const auto tab = open(ada);
  EXPECT_EQ(take(tab), Types{"hello"});
  ASSERT_EQ(code(domain->teams.create(ada, "acme", "Engines")), "");
  EXPECT_EQ(take(tab), Types{"team.created"});
}

TEST_F(RealtimeTest, WhatIsGoneByThenIsDroppedInSilenceSinceItsDeletionFollows) {
  const auto tab = open(ada);
  take(tab);
  const auto team = domain->teams.create(ada, "acme", "Engines")->id;
  ASSERT_EQ(code(domain->teams.rename(ada, "acme", team, "Motors")), "");
  ASSERT_EQ(code(domain->teams.remove(ada, "acme", team)), "");
  EXPECT_EQ(take(tab), Types{"team.deleted"});
}

TEST_F(RealtimeTest, ADtoIsReadAfterTheCommitNotRememberedFromBefore) {
  const auto tab = open(ada);
  take(tab);
  const auto team = domain->teams.create(ada, "acme", "Engines")->id;
  ASSERT_EQ(code(domain->teams.rename(ada, "acme", team, "Motors")), "");
  scheduler.run_posted();
  const auto frames = shard.take(tab.slot.index);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_NE(frames[0].find("\"Motors\""), std::string::npos) << frames[0];
}

TEST_F(RealtimeTest, NoFrameFollowsTheClosingEventOfAMembership) {
  const auto member = join(grace, "grace@acme.test");
  const auto hers = open(grace), mine = open(ada);
  take(hers), take(mine);
  ASSERT_EQ(code(domain->members.remove(ada, "acme", member)), "");
  ASSERT_EQ(code(domain->workspaces.rename(ada, "acme", "Later")), "");
  EXPECT_EQ(take(hers), (Types{"workspace.member.left", "close 4403"}));
  EXPECT_EQ(take(mine), (Types{"workspace.member.left", "workspace.updated"}));
}

TEST_F(RealtimeTest, AMembershipThatEndedDuringTheHandshakeGetsNoHello) {
  const auto member = join(grace, "grace@acme.test");
  const auto late = socket_of(grace);
  ASSERT_EQ(code(domain->members.remove(ada, "acme", member)), "");
  scheduler.run_posted();
  gateway.opened(late, {});
  EXPECT_EQ(take(late), Types{"close 4403"});
  EXPECT_EQ(hub.socket_count(), 0U);
}

TEST_F(RealtimeTest, ASessionThatEndedDuringTheHandshakeGetsNoHello) {
  const auto late = socket_of(ada);
  ASSERT_EQ(code(domain->sessions.end(ada, sessions.back())), "");
  gateway.session_ended(sessions.back());
  gateway.opened(late, {});
  EXPECT_EQ(take(late), Types{"close 4401"});
}

// A relay in a cluster reads where a stream stands from the database, where others commit meanwhile.
struct RelayThatTakesAMoment final : realtime::Relay {
  RelayThatTakesAMoment(realtime::Relay& with_relay, std::function<void()> with_meanwhile)
      : relay(with_relay), meanwhile(std::move(with_meanwhile)) {}

  kernel::Result<> start() override { return {}; }
  void stop() override {}
  void committed(std::span<const kernel::DomainEvent> events) override { relay.committed(events); }
  kernel::Result<kernel::Seq> published_seq(kernel::WorkspaceId workspace) override {
    meanwhile();
    return relay.published_seq_caught_up(workspace);
  }
  kernel::Result<kernel::Seq> published_seq_caught_up(kernel::WorkspaceId workspace) override {
    return relay.published_seq_caught_up(workspace);
  }
  void retain(kernel::WorkspaceId) override {}
  void release(kernel::WorkspaceId) override {}

  realtime::Relay& relay;
  std::function<void()> meanwhile;
};

TEST_F(RealtimeTest, WhoeverIsRemovedWhileTheirStreamIsLookedUpIsTurnedAway) {
  const auto member = join(grace, "grace@acme.test");
  const auto late = socket_of(grace);
  RelayThatTakesAMoment slow(relay, [&] { ASSERT_EQ(code(domain->members.remove(ada, "acme", member)), ""); });
  realtime::RealtimeGateway elsewhere{
      {scheduler, clock, hub, presence, presence_feed, slow, history, rooms, admission, encoder}, "epoch", {}, metrics};
  elsewhere.opened(late, {});
  EXPECT_EQ(take(late), Types{"close 4403"});
}

TEST_F(RealtimeTest, AnEndedSessionClosesItsOwnSocketsOnly) {
  const auto here = open(ada), there = open(ada);
  take(here), take(there);
  gateway.session_ended(sessions.front());
  EXPECT_EQ(take(here), Types{"close 4401"});
  EXPECT_EQ(take(there), Types{});
}

TEST_F(RealtimeTest, BeyondTheSocketsOfAMemberANewOneIsTurnedAway) {
  open(ada), open(ada);
  EXPECT_EQ(take(open(ada)), Types{"close 4429"});
}

TEST_F(RealtimeTest, InvitesReachWhoeverMayInviteAsRolesChange) {
  const auto member = join(grace, "grace@acme.test");
  const auto hers = open(grace);
  take(hers);
  ASSERT_EQ(code(domain->invites.create(ada, "acme", {"a@x.test", {}})), "");
  EXPECT_EQ(take(hers), Types{});
  ASSERT_EQ(code(domain->members.change_role(ada, "acme", member, role(SystemRole::ADMIN))), "");
  ASSERT_EQ(code(domain->invites.create(ada, "acme", {"b@x.test", {}})), "");
  EXPECT_EQ(take(hers), (Types{"workspace.member.role_changed", "resync", "workspace.invite.created"}));
  ASSERT_EQ(code(domain->roles.change(ada, "acme", role(SystemRole::ADMIN), {{}, {}, workspaces::Permissions{}})), "");
  ASSERT_EQ(code(domain->invites.create(ada, "acme", {"c@x.test", {}})), "");
  EXPECT_EQ(take(hers), Types{"workspace.role.updated"});
}

TEST_F(RealtimeTest, ALostEventIsToldAsAResync) {
  const auto tab = open(ada);
  take(tab);
  publisher.event_lost({"test", acme, {}, clock.now(), 9});
  EXPECT_EQ(take(tab), Types{"resync"});
}

TEST_F(RealtimeTest, HelloCarriesWhoIsHereAndOthersHearOfTheTransition) {
  join(grace, "grace@acme.test");
  const auto mine = open(ada);
  take(mine);
  const auto hers = open(grace);
  EXPECT_EQ(take(mine), Types{"presence.update"});
  const auto hello = boost::json::parse(shard.take(hers.slot.index).at(0));
  EXPECT_EQ(hello.at("presence").as_array().size(), 2U);
  gateway.closed(hers);
  EXPECT_EQ(take(mine), Types{"presence.update"});
}

TEST_F(RealtimeTest, WhoeverMissedUpdatesIsToldHowItStandsOnceTheyHaveCaughtUp) {
  join(grace, "grace@acme.test");
  const auto mine = open(ada), hers = open(grace);
  gateway.received(mine, R"({"type":"room.join","room":"workspace"})");
  take(mine);
  gateway.closed(hers);
  take(mine);  // as if these had been dropped
  gateway.caught_up(mine);
  scheduler.run_posted();
  std::vector<boost::json::value> got;
  for (const std::string& text : shard.take(mine.slot.index)) {
    for (const auto& frame : frames_in(text)) got.push_back(frame);
  }
  ASSERT_EQ(got.size(), 3U);
  const std::string_view one = got[0].at("memberId").as_string();
  const auto& first = one == hers.identity.member.str() ? got[0] : got[1];
  EXPECT_EQ(first.at("status"), "offline");
  EXPECT_EQ(got[2].at("type"), "room.joined");
}

TEST_F(RealtimeTest, WhereBroadcastsWereDroppedEveryoneIsToldHowItStands) {
  join(grace, "grace@acme.test");
  const auto mine = open(ada), hers = open(grace);
  gateway.received(hers, R"({"type":"room.join","room":"workspace"})");
  take(mine), take(hers);
  gateway.broadcasts_dropped();
  EXPECT_EQ(take(mine), (Types{"presence.update", "presence.update"}));
  EXPECT_EQ(take(hers), (Types{"presence.update", "presence.update", "room.joined"}));
}

TEST_F(RealtimeTest, InALargeWorkspaceATabIsToldHowManyAreHereAndOfThoseItWatches) {
  join(grace, "grace@acme.test"), join(alan, "alan@acme.test");
  const auto mine = open(ada), hers = open(grace), his = open(alan);
  EXPECT_EQ(take(his), (Types{"hello", "presence.count"}));
  EXPECT_EQ(take(mine), (Types{"hello", "presence.update", "presence.count"})) << "had the roster until then";
  take(hers);
  gateway.received(hers, R"({"type":"presence.watch","ref":"1","memberIds":[")" + mine.identity.member.str() + "\"]}");
  EXPECT_EQ(take(hers), (Types{"presence.update", "reply"}));
  gateway.received(mine, R"({"type":"presence.away"})");
  EXPECT_EQ(take(hers), Types{"presence.update"});
  EXPECT_EQ(take(his), Types{});
  gateway.caught_up(hers);
  EXPECT_EQ(take(hers), (Types{"presence.count", "presence.update"}));
  EXPECT_EQ(presence_feed.roster(acme).size(), 0U);
}

TEST_F(RealtimeTest, AClientEventWithARefIsAnswered) {
  const auto tab = open(ada);
  take(tab);
  gateway.received(tab, R"({"type":"presence.away","ref":"1"})");
  gateway.received(tab, R"({"type":"ping"})");
  gateway.received(tab, R"({"type":"room.join","room":"nowhere","ref":"2"})");
  gateway.received(tab, "nonsense");
  EXPECT_EQ(take(tab), (Types{"presence.update", "reply", "pong", "error", "error"}));
  gateway.closed(tab);
  scheduler.run_posted();
  gateway.received(tab, R"({"type":"ping"})");
  EXPECT_EQ(take(tab), Types{});
}

}  // namespace
}  // namespace orbit::app
