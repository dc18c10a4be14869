#include "cluster/cluster_presence.hpp"

#include <gmock/gmock.h>

#include "cluster/testing/simulated_cluster.hpp"

namespace orbit::cluster {
namespace {

using namespace std::chrono_literals;
using catalog::PresenceStatus;
using testing::ElementsAre;
using testing::IsEmpty;

struct PresentNode : SimulatedNode, realtime::PresenceListener {
  PresentNode(SimulatedNetwork& network, std::string name)
      : SimulatedNode(network, std::move(name)),
        state({switchboard, peers, scheduler, subjects}, 3s, metrics),
        presence(scheduler, clock, 2s, *this, metrics),
        cluster({state, presence, subjects, scheduler}, {.max_without_sockets = 2}, metrics) {
    state.start();
    start();
  }

  void changed(kernel::WorkspaceId, const catalog::PresenceDTO& of) override { told.push_back(of.status); }
  void forgotten(kernel::WorkspaceId, kernel::MemberId) override {}
  void forgotten(kernel::WorkspaceId) override {}

  bool holds(kernel::WorkspaceId workspace) const { return state.holds(subjects.workspace(workspace)); }

  ReplicatedState state;
  realtime::PresenceTracker presence;
  ClusterPresence cluster;
  std::vector<PresenceStatus> told;
};

constexpr auto online = PresenceStatus::online;
constexpr auto away = PresenceStatus::away;
constexpr auto offline = PresenceStatus::offline;

class ClusterPresenceTest : public testing::Test {
 protected:
  // Somebody looks at the workspace on each node, so that all of them hear of it.
  ClusterPresenceTest() {
    pass(all, 400ms);
    for (PresentNode* node : {&a, &b, &c}) node->presence.connect(acme, kernel::MemberId::create(a.clock), 100);
    pass(all, 400ms);
    for (PresentNode* node : {&a, &b, &c}) EXPECT_EQ(node->told.size(), 3U);
    forget_told();
  }

  void forget_told() {
    for (PresentNode* node : {&a, &b, &c}) node->told.clear();
  }

  SimulatedNetwork network;
  PresentNode a{network, "a"};
  PresentNode b{network, "b"};
  PresentNode c{network, "c"};
  std::vector<SimulatedNode*> all{&a, &b, &c};
  std::vector<SimulatedNode*> without_c{&a, &b};
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(a.clock);
  kernel::MemberId ada = kernel::MemberId::create(a.clock);
};

TEST_F(ClusterPresenceTest, AMemberWithTabsOnTwoNodesFlipsOnceOnEach) {
  a.presence.connect(acme, ada, 1);
  pass(all, 100ms);
  b.presence.connect(acme, ada, 1);
  pass(all, 100ms);
  a.presence.disconnect(acme, ada, 1);
  pass(all, 5s);
  for (PresentNode* node : {&a, &b, &c}) EXPECT_THAT(node->told, ElementsAre(online));
  b.presence.disconnect(acme, ada, 1);
  pass(all, 1900ms);
  for (PresentNode* node : {&a, &b, &c}) EXPECT_THAT(node->told, ElementsAre(online)) << "within the grace";
  pass(all, 200ms);
  for (PresentNode* node : {&a, &b, &c}) EXPECT_THAT(node->told, ElementsAre(online, offline));
}

TEST_F(ClusterPresenceTest, AMemberIsAwayOnceAllTheirTabsOnAllNodesAre) {
  a.presence.connect(acme, ada, 1);
  b.presence.connect(acme, ada, 1);
  pass(all, 100ms);
  a.presence.set_away(acme, ada, 1, true);
  pass(all, 100ms);
  EXPECT_THAT(c.told, ElementsAre(online));
  b.presence.set_away(acme, ada, 1, true);
  pass(all, 100ms);
  for (PresentNode* node : {&a, &b, &c}) EXPECT_THAT(node->told, ElementsAre(online, away));
  a.presence.set_away(acme, ada, 1, false);
  pass(all, 100ms);
  for (PresentNode* node : {&a, &b, &c}) EXPECT_THAT(node->told, ElementsAre(online, away, online));
}

TEST_F(ClusterPresenceTest, WhoMovesFromANodeThatStopsToAnotherDoesNotFlicker) {
  c.presence.connect(acme, ada, 1);
  pass(all, 100ms);
  c.peers.stop();
  pass(all, 1500ms);
  b.presence.connect(acme, ada, 1);
  pass(all, 10s);
  EXPECT_THAT(b.told, ElementsAre(online, offline)) << "of whoever did not move";
  EXPECT_EQ(b.presence.presence(acme, ada).status, online);
  EXPECT_EQ(a.presence.presence(acme, ada).status, online);
}

TEST_F(ClusterPresenceTest, AMemberOfANodeThatDiesIsOfflineWithItsLeaseUnlessTheyAreElsewhere) {
  const auto grace = kernel::MemberId::create(a.clock);
  c.presence.connect(acme, ada, 1);
  c.presence.connect(acme, grace, 2);
  b.presence.connect(acme, grace, 2);
  pass(all, 100ms);
  forget_told();
  pass(without_c, 4s);
  EXPECT_THAT(a.told, IsEmpty());
  pass(without_c, 1500ms);
  EXPECT_THAT(a.told, ElementsAre(offline, offline)) << "ada, and whoever else was there";
  EXPECT_FALSE(a.presence.presence(acme, ada).online);
  EXPECT_TRUE(a.presence.presence(acme, grace).online);
}

TEST_F(ClusterPresenceTest, AnEndedMembershipIsForgottenWhateverAnotherNodeSaysThatLearnsOfItLater) {
  a.presence.connect(acme, ada, 1);
  c.presence.connect(acme, ada, 1);
  pass(all, 100ms);
  forget_told();
  b.presence.forget(acme, ada);
  c.presence.set_away(acme, ada, 1, true);
  a.presence.forget(acme, ada);
  pass(all, 100ms);
  EXPECT_THAT(a.told, IsEmpty());
  EXPECT_THAT(b.told, IsEmpty());
  EXPECT_EQ(b.presence.online(acme), 3U);
  c.presence.forget(acme, ada);
  pass(all, 60s);
  EXPECT_THAT(a.told, IsEmpty());
  EXPECT_THAT(b.told, IsEmpty());
  EXPECT_EQ(b.presence.online(acme), 3U);
}

TEST_F(ClusterPresenceTest, ANodeHoldsAWorkspaceWhileItHasSocketsThereAndALittleLonger) {
  const auto globex = kernel::WorkspaceId::create(a.clock);
  a.presence.connect(globex, ada, 1);
  b.presence.connect(globex, ada, 1);
  pass(all, 100ms);
  EXPECT_TRUE(a.holds(globex));
  EXPECT_FALSE(c.holds(globex));
  a.presence.disconnect(globex, ada, 1);
  pass(all, 11'900ms);
  EXPECT_TRUE(a.holds(globex));
  EXPECT_EQ(a.presence.online(globex), 1U);
  pass(all, 200ms);
  EXPECT_FALSE(a.holds(globex));
  EXPECT_EQ(a.presence.online(globex), 0U);
  EXPECT_EQ(b.presence.online(globex), 1U);
  a.presence.connect(globex, ada, 2);
  pass(all, 20s);
  EXPECT_TRUE(a.holds(globex));
}

TEST_F(ClusterPresenceTest, ASnapshotOnANodeWithoutSocketsThereKnowsWhoIsOnline) {
  const auto globex = kernel::WorkspaceId::create(a.clock);
  b.presence.connect(globex, ada, 1);
  pass(all, 100ms);
  int answers = 0;
  const auto ask = [&] {
    a.cluster.with_presence(globex, [&] {
      ++answers;
      EXPECT_EQ(a.presence.online(globex), 1U);
    });
  };
  ask();
  EXPECT_EQ(answers, 0);
  pass(all, 10ms);
  EXPECT_EQ(answers, 1);
  pass(all, 59s);
  ask();
  EXPECT_EQ(answers, 2) << "at once";
  pass(all, 59s);
  EXPECT_TRUE(a.holds(globex));
  pass(all, 2s);
  EXPECT_FALSE(a.holds(globex));
  EXPECT_EQ(a.presence.online(globex), 0U);
}

TEST_F(ClusterPresenceTest, ASnapshotDoesNotWaitLong) {
  const auto globex = kernel::WorkspaceId::create(a.clock);
  int answers = 0;
  a.cluster.with_presence(globex, [&] { ++answers; });
  pass(without_c, 140ms);
  EXPECT_EQ(answers, 0);
  pass(without_c, 20ms);
  EXPECT_EQ(answers, 1);
}

TEST_F(ClusterPresenceTest, SnapshotsOfManyWorkspacesWithoutSocketsAreBounded) {
  int answers = 0;
  for (int i = 0; i < 3; ++i) a.cluster.with_presence(kernel::WorkspaceId::create(a.clock), [&] { ++answers; });
  EXPECT_EQ(answers, 1) << "the third knows of this node alone";
  EXPECT_EQ(a.counter("orbit_cluster_presence_unasked_total"), 1);
  a.cluster.with_presence(acme, [&] { ++answers; });
  EXPECT_EQ(answers, 2) << "there are sockets there";
  pass(all, 100ms);
  EXPECT_EQ(answers, 4);
}

TEST_F(ClusterPresenceTest, WhatItDoesNotUnderstandIsCountedAndIgnored) {
  const std::string topic = b.subjects.workspace(acme);
  b.state.put(topic, ada.str(), "asleep");
  b.state.put(topic, "somebody", "online");
  pass(all, 100ms);
  EXPECT_THAT(a.told, IsEmpty());
  EXPECT_EQ(a.counter("orbit_cluster_entries_unknown_total"), 2);
}

}  // namespace
}  // namespace orbit::cluster
