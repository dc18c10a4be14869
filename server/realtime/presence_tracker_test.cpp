#include "realtime/presence_tracker.hpp"

#include <gtest/gtest.h>

namespace orbit::realtime {
namespace {

using catalog::PresenceStatus;
using std::chrono::milliseconds;

class PresenceTrackerTest : public testing::Test, PresenceListener {
 protected:
  PresenceTracker tracker(milliseconds grace_period) { return PresenceTracker(scheduler, clock, grace_period, *this); }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(clock);
  kernel::MemberId ada = kernel::MemberId::create(clock);
  kernel::MemberId grace = kernel::MemberId::create(clock);
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

}  // namespace
}  // namespace orbit::realtime
