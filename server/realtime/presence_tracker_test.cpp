#include "realtime/presence_tracker.hpp"

#include <gtest/gtest.h>

namespace orbit::realtime {
namespace {

using catalog::PresenceStatus;
using std::chrono::milliseconds;

class PresenceTrackerTest : public testing::Test, PresenceListener {
 protected:
  PresenceTracker tracker(milliseconds grace_period) { return tracker(grace_period, clock); }
  PresenceTracker tracker(milliseconds grace_period, const kernel::Clock& wall) {
    return PresenceTracker(scheduler, wall, grace_period, *this, metrics);
  }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(clock);
  kernel::MemberId ada = kernel::MemberId::create(clock);
  kernel::MemberId grace = kernel::MemberId::create(clock);
  kernel::MetricsRegistry metrics;
  std::vector<PresenceStatus> told;
  std::vector<kernel::MemberId> left;

 private:
  void changed(kernel::WorkspaceId, const catalog::PresenceDTO& presence) override {
    EXPECT_EQ(presence.online, presence.status != PresenceStatus::offline);
    told.push_back(presence.status);
  }
  void forgotten(kernel::WorkspaceId, kernel::MemberId member) override { left.push_back(member); }
  void forgotten(kernel::WorkspaceId) override { left.clear(); }
};

using Told = std::vector<PresenceStatus>;

TEST_F(PresenceTrackerTest, FlipsOnlineWithTheFirstSocketOnly) {
  PresenceTracker presence = tracker(milliseconds{0});
  presence.connect(acme, ada, 1);
  presence.connect(acme, ada, 2);
  EXPECT_EQ(told, Told{PresenceStatus::online});
}

TEST_F(PresenceTrackerTest, FlipsOfflineOnlyAfterTheLastSocketCloses) {
  PresenceTracker presence = tracker(milliseconds{0});
  presence.connect(acme, ada, 1);
  presence.connect(acme, ada, 2);
  presence.disconnect(acme, ada, 1);
  EXPECT_EQ(told, Told{PresenceStatus::online});
  presence.disconnect(acme, ada, 2);
  EXPECT_EQ(told, (Told{PresenceStatus::online, PresenceStatus::offline}));
}

TEST_F(PresenceTrackerTest, HidesAReloadWithinTheGrace) {
  PresenceTracker presence = tracker(milliseconds{2000});
  presence.connect(acme, ada, 1);
  presence.disconnect(acme, ada, 1);
  scheduler.advance(milliseconds{1999});
  presence.connect(acme, ada, 2);
  scheduler.advance(milliseconds{10'000});
  EXPECT_EQ(told, Told{PresenceStatus::online});
}

TEST_F(PresenceTrackerTest, FlipsOfflineWhenTheGraceIsOver) {
  PresenceTracker presence = tracker(milliseconds{2000});
  presence.connect(acme, ada, 1);
  presence.disconnect(acme, ada, 1);
  scheduler.advance(milliseconds{1999});
  EXPECT_EQ(told, Told{PresenceStatus::online});
  EXPECT_TRUE(presence.presence(acme, ada).online);
  scheduler.advance(milliseconds{1});
  EXPECT_EQ(told, (Told{PresenceStatus::online, PresenceStatus::offline}));
}

// Whose wall jumps, while its steady time goes on with that of the other.
class JumpingClock final : public kernel::Clock {
 public:
  explicit JumpingClock(const kernel::Clock& steady) : steady_(steady) {}
  [[nodiscard]] kernel::Timestamp now() const override { return steady_.now() + ahead; }
  [[nodiscard]] kernel::SteadyTime steady_now() const override { return steady_.steady_now(); }

  std::chrono::hours ahead{0};

 private:
  const kernel::Clock& steady_;
};

TEST_F(PresenceTrackerTest, AGraceIsAsLongAsItIsWhereverTheWallClockJumps) {
  for (const std::chrono::hours jump : {std::chrono::hours{24}, std::chrono::hours{-24}}) {
    told.clear();
    JumpingClock jumping(clock);
    PresenceTracker presence = tracker(milliseconds{2000}, jumping);
    presence.connect(acme, ada, 1);
    presence.disconnect(acme, ada, 1);
    jumping.ahead = jump;
    scheduler.advance(milliseconds{1999});
    EXPECT_EQ(told, Told{PresenceStatus::online});
    scheduler.advance(milliseconds{1});
    EXPECT_EQ(told, (Told{PresenceStatus::online, PresenceStatus::offline}));
    presence.connect(acme, ada, 2);
    EXPECT_TRUE(presence.presence(acme, ada).online);
  }
}

TEST_F(PresenceTrackerTest, IsAwayOnlyWhenEveryTabIsAway) {
  PresenceTracker presence = tracker(milliseconds{0});
  presence.connect(acme, ada, 1);
  presence.connect(acme, ada, 2);
  presence.set_away(acme, ada, 1, true);
  presence.set_away(acme, ada, 1, true);
  EXPECT_EQ(told, Told{PresenceStatus::online});
  presence.set_away(acme, ada, 2, true);
  presence.set_away(acme, ada, 1, false);
  EXPECT_EQ(told, (Told{PresenceStatus::online, PresenceStatus::away, PresenceStatus::online}));
}

TEST_F(PresenceTrackerTest, TurnsAwayWhenTheOnlyTabInUseCloses) {
  PresenceTracker presence = tracker(milliseconds{0});
  presence.connect(acme, ada, 1);
  presence.connect(acme, ada, 2);
  presence.set_away(acme, ada, 1, true);
  presence.disconnect(acme, ada, 2);
  EXPECT_EQ(told, (Told{PresenceStatus::online, PresenceStatus::away}));
}

TEST_F(PresenceTrackerTest, RosterKeepsWhenSomebodyWasLastSeenWhileOthersAreHere) {
  PresenceTracker presence = tracker(milliseconds{0});
  presence.connect(acme, grace, 1);
  presence.connect(acme, ada, 2);
  clock.advance(milliseconds{5000});
  presence.disconnect(acme, ada, 2);
  const auto roster = presence.roster(acme);
  ASSERT_EQ(roster.size(), 2U);
  EXPECT_EQ(presence.presence(acme, ada).last_seen_at, clock.now());
  presence.disconnect(acme, grace, 1);
  EXPECT_TRUE(presence.roster(acme).empty());
}

TEST_F(PresenceTrackerTest, ForgetsAMemberWhoLeftWithoutATransition) {
  PresenceTracker presence = tracker(milliseconds{2000});
  presence.connect(acme, ada, 1);
  presence.connect(acme, grace, 2);
  presence.disconnect(acme, ada, 1);
  presence.forget(acme, ada);
  scheduler.advance(milliseconds{10'000});
  presence.disconnect(acme, ada, 1);
  EXPECT_EQ(told, (Told{PresenceStatus::online, PresenceStatus::online}));
  EXPECT_EQ(left, std::vector{ada});
  EXPECT_EQ(presence.roster(acme).size(), 1U);
  EXPECT_EQ(scheduler.pending_timers(), 0U);
}

TEST_F(PresenceTrackerTest, CountsMembersThatAreOnlineOrAwayHoweverManyTabsTheyHave) {
  PresenceTracker presence = tracker(milliseconds{2000});
  EXPECT_EQ(presence.online(acme), 0U);
  presence.connect(acme, ada, 1);
  presence.connect(acme, ada, 2);
  presence.connect(acme, grace, 3);
  presence.set_away(acme, grace, 3, true);
  EXPECT_EQ(presence.online(acme), 2U);
  presence.disconnect(acme, grace, 3);
  EXPECT_EQ(presence.online(acme), 2U) << "within the grace";
  scheduler.advance(milliseconds{2000});
  EXPECT_EQ(presence.online(acme), 1U);
  presence.connect(acme, grace, 4);
  presence.forget(acme, grace);
  EXPECT_EQ(presence.online(acme), 1U);
  presence.forget(acme, ada);
  EXPECT_EQ(presence.online(acme), 0U);
}

// Two other nodes, b and c.
class PresenceElsewhereTest : public PresenceTrackerTest, public OwnPresenceListener {
 protected:
  PresenceElsewhereTest() { presence.set_own_listener(this); }

  void own_changed(kernel::WorkspaceId, kernel::MemberId, PresenceStatus status) override { own.push_back(status); }

  const NodeIncarnation b = kernel::new_uuid(clock);
  const NodeIncarnation c = kernel::new_uuid(clock);
  std::vector<PresenceStatus> own;
  PresenceTracker presence = tracker(milliseconds{2000});
};

TEST_F(PresenceElsewhereTest, AMemberIsOnlineWhileTheyAreAnywhere) {
  presence.set_elsewhere(acme, ada, b, PresenceStatus::online);
  presence.set_elsewhere(acme, ada, c, PresenceStatus::online);
  presence.connect(acme, ada, 1);
  presence.set_elsewhere(acme, ada, b, PresenceStatus::offline);
  EXPECT_EQ(told, Told{PresenceStatus::online});
  presence.set_elsewhere(acme, ada, c, PresenceStatus::offline);
  presence.disconnect(acme, ada, 1);
  scheduler.advance(milliseconds{1999});
  EXPECT_EQ(told, Told{PresenceStatus::online});
  scheduler.advance(milliseconds{1});
  EXPECT_EQ(told, (Told{PresenceStatus::online, PresenceStatus::offline}));
  EXPECT_EQ(presence.online(acme), 0U);
  EXPECT_TRUE(presence.roster(acme).empty());
}

TEST_F(PresenceElsewhereTest, OnlineWinsOverAwayAndAwayOverOffline) {
  presence.connect(acme, ada, 1);
  presence.set_elsewhere(acme, ada, b, PresenceStatus::away);
  presence.set_away(acme, ada, 1, true);
  presence.set_elsewhere(acme, ada, c, PresenceStatus::online);
  presence.set_away(acme, ada, 1, false);
  presence.set_away(acme, ada, 1, true);
  presence.set_elsewhere(acme, ada, c, PresenceStatus::away);
  presence.set_elsewhere(acme, ada, c, PresenceStatus::offline);
  presence.set_elsewhere(acme, ada, b, PresenceStatus::offline);
  EXPECT_EQ(told, (Told{PresenceStatus::online, PresenceStatus::away, PresenceStatus::online, PresenceStatus::away}));
  EXPECT_EQ(presence.online(acme), 1U);
}

TEST_F(PresenceElsewhereTest, WhatIsSaidElsewhereDoesNotCutTheGraceShort) {
  presence.connect(acme, ada, 1);
  presence.disconnect(acme, ada, 1);
  presence.set_elsewhere(acme, ada, b, PresenceStatus::away);
  presence.set_elsewhere(acme, ada, b, PresenceStatus::offline);
  EXPECT_EQ(told, Told{PresenceStatus::online});
  scheduler.advance(milliseconds{2000});
  EXPECT_EQ(told, (Told{PresenceStatus::online, PresenceStatus::offline}));
}

TEST_F(PresenceElsewhereTest, TellsOtherNodesOfTheSocketsOfThisOneOnly) {
  presence.set_elsewhere(acme, ada, b, PresenceStatus::online);
  presence.connect(acme, ada, 1);
  presence.connect(acme, ada, 2);
  presence.set_away(acme, ada, 1, true);
  presence.set_away(acme, ada, 2, true);
  presence.disconnect(acme, ada, 1);
  presence.disconnect(acme, ada, 2);
  EXPECT_EQ(own, (Told{PresenceStatus::online, PresenceStatus::away}));
  scheduler.advance(milliseconds{2000});
  EXPECT_EQ(own, (Told{PresenceStatus::online, PresenceStatus::away, PresenceStatus::offline}));
  EXPECT_EQ(told, Told{PresenceStatus::online}) << "they are on b all the while";
}

TEST_F(PresenceElsewhereTest, OfWhoeverLeftNothingIsBelievedThatANodeSaysThatDoesNotKnowItYet) {
  presence.connect(acme, grace, 1);
  presence.connect(acme, ada, 2);
  presence.set_elsewhere(acme, ada, b, PresenceStatus::online);
  presence.forget(acme, ada);
  EXPECT_EQ(own, (Told{PresenceStatus::online, PresenceStatus::online, PresenceStatus::offline}));
  told.clear();
  presence.set_elsewhere(acme, ada, b, PresenceStatus::away);
  presence.set_elsewhere(acme, ada, c, PresenceStatus::online);
  EXPECT_EQ(presence.online(acme), 1U);
  presence.set_elsewhere(acme, ada, b, PresenceStatus::offline);
  presence.set_elsewhere(acme, ada, c, PresenceStatus::offline);
  EXPECT_EQ(told, Told{});
  EXPECT_EQ(presence.roster(acme).size(), 1U);
}

TEST_F(PresenceElsewhereTest, ANodeThatWasNotHereHasNothingToForgetAboutWhoLeft) {
  presence.set_elsewhere(acme, ada, b, PresenceStatus::online);
  presence.forget(acme, ada);
  EXPECT_EQ(own, Told{});
  EXPECT_EQ(left, std::vector{ada});
}

TEST_F(PresenceElsewhereTest, AWorkspaceThatNobodyLooksAtHereIsForgottenInSilence) {
  presence.set_elsewhere(acme, ada, b, PresenceStatus::online);
  presence.connect(acme, grace, 1);
  presence.set_elsewhere(acme, grace, b, PresenceStatus::online);
  told.clear();
  presence.forget_elsewhere(acme);
  EXPECT_EQ(told, Told{});
  EXPECT_EQ(presence.online(acme), 1U);
  presence.disconnect(acme, grace, 1);
  scheduler.advance(milliseconds{2000});
  EXPECT_EQ(told, Told{PresenceStatus::offline});
  presence.set_elsewhere(acme, ada, b, PresenceStatus::online);
  presence.forget_elsewhere(acme);
  EXPECT_TRUE(presence.roster(acme).empty());
}

TEST_F(PresenceElsewhereTest, AWorkspaceThatIsDeletedIsForgottenByOtherNodesToo) {
  presence.connect(acme, ada, 1);
  presence.set_elsewhere(acme, grace, b, PresenceStatus::online);
  presence.forget(acme);
  EXPECT_EQ(own, (Told{PresenceStatus::online, PresenceStatus::offline}));
  presence.set_elsewhere(acme, grace, b, PresenceStatus::away);
  EXPECT_EQ(presence.online(acme), 0U);
}

TEST_F(PresenceTrackerTest, CountsThoseOnlineOfAllWorkspaces) {
  PresenceTracker presence = tracker(milliseconds(0));
  const auto& online = metrics.gauge("orbit_presence_online_members", "");
  const auto globex = kernel::WorkspaceId::create(clock);
  presence.connect(acme, ada, 1);
  presence.connect(globex, grace, 2);
  EXPECT_EQ(online.value(), 2);
  presence.disconnect(acme, ada, 1);
  EXPECT_EQ(online.value(), 1);
  presence.forget(globex);
  EXPECT_EQ(online.value(), 0);
}

}  // namespace
}  // namespace orbit::realtime
