#include "cluster/cluster_realtime_hub.hpp"

#include <gtest/gtest.h>

#include "cluster/testing/simulated_backplane.hpp"
#include "realtime/channel.hpp"
#include "realtime/recording_shard.hpp"

namespace orbit::cluster {
namespace {

using kernel::Seq;
using Received = std::vector<std::string>;

struct Node {
  Node(SimulatedNetwork& network, kernel::ManualScheduler& scheduler, const kernel::Clock& clock)
      : switchboard(std::make_unique<SimulatedBackplane>(network, scheduler), scheduler, kernel::new_uuid(clock),
                    metrics),
        hub(local, switchboard, Subjects("epoch"), scheduler, encoder) {
    switchboard.start();
  }

  void open_tab(std::uint32_t number, const realtime::SocketIdentity& identity) {
    hub.register_socket({number, identity, &shard, {number, 1}});
    hub.subscribe(number, realtime::workspace_channel(identity.workspace));
    hub.subscribe(number, realtime::member_channel(identity.member));
  }

  kernel::MetricsRegistry metrics;
  realtime::PlainEncoder encoder;
  realtime::RecordingShard shard;
  realtime::InProcessRealtimeHub local{metrics};
  Switchboard switchboard;
  ClusterRealtimeHub hub;
};

class ClusterRealtimeHubTest : public testing::Test {
 protected:
  ClusterRealtimeHubTest() {
    a.open_tab(1, ada);
    b.open_tab(1, grace);
    scheduler.run_posted();
  }

  realtime::SharedFrame frame(const std::string& text, std::optional<Seq> seq = {}) {
    return a.encoder.encode(text, seq);
  }
  Received at_b() {
    scheduler.run_posted();
    return b.shard.take(1);
  }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  SimulatedNetwork network;
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(clock);
  realtime::SocketIdentity ada{acme, kernel::MemberId::create(clock), kernel::UserId::create(clock),
                               kernel::SessionId::create(clock)};
  realtime::SocketIdentity grace{acme, kernel::MemberId::create(clock), kernel::UserId::create(clock),
                                 kernel::SessionId::create(clock)};
  Node a{network, scheduler, clock};
  Node b{network, scheduler, clock};
};

TEST_F(ClusterRealtimeHubTest, BroadcastsToTabsOnAllNodes) {
  a.hub.broadcast(realtime::workspace_channel(acme), frame(R"({"n":"\",\"frame\":"})"));
  EXPECT_EQ(at_b(), Received{R"({"n":"\",\"frame\":"})"});
  EXPECT_EQ(a.shard.take(1), Received{R"({"n":"\",\"frame\":"})"});
}

TEST_F(ClusterRealtimeHubTest, BroadcastsToRoomsMembersAndThoseWithAPermission) {
  const std::string room = realtime::room_channel(acme, R"(a ",:room)");
  const std::string inviters = realtime::workspace_channel(acme, catalog::Permission::workspace_members_invite);
  b.hub.subscribe(1, room);
  b.hub.subscribe(1, inviters);
  scheduler.run_posted();
  a.hub.broadcast(room, frame("1"));
  a.hub.broadcast(inviters, frame("2"));
  a.hub.broadcast(realtime::member_channel(grace.member), frame("3"));
  a.hub.broadcast(realtime::member_channel(ada.member), frame("4"));
  EXPECT_EQ(at_b(), (Received{"1", "2", "3"}));
}

TEST_F(ClusterRealtimeHubTest, SendsOnceToATabThatIsOnSeveralOfTheChannels) {
  const std::vector<std::string> channels{
      realtime::workspace_channel(acme),
      realtime::workspace_channel(acme, catalog::Permission::workspace_members_invite)};
  b.hub.subscribe(1, channels[1]);
  scheduler.run_posted();
  a.hub.broadcast_many(channels, frame("x"));
  EXPECT_EQ(at_b(), Received{"x"});
}

TEST_F(ClusterRealtimeHubTest, LeavesDurableFramesAndPresenceToThoseWhoKnowTheirOrder) {
  b.hub.subscribe(1, realtime::roster_channel(acme));
  scheduler.run_posted();
  a.hub.broadcast(realtime::workspace_channel(acme), frame("durable", 7));
  a.hub.broadcast(realtime::roster_channel(acme), frame("presence"));
  EXPECT_EQ(at_b(), Received{});
}

TEST_F(ClusterRealtimeHubTest, HearsOnlyWhatItHasTabsFor) {
  b.hub.unregister_socket(1);
  scheduler.run_posted();
  const auto before = b.metrics.counter("orbit_cluster_received_total", "", {{"kind", "broadcast"}}).value();
  a.hub.broadcast(realtime::workspace_channel(acme), frame("x"));
  scheduler.run_posted();
  EXPECT_EQ(b.metrics.counter("orbit_cluster_received_total", "", {{"kind", "broadcast"}}).value(), before);
}

TEST_F(ClusterRealtimeHubTest, ClosesASessionsTabsOnAllNodes) {
  a.hub.close_session(grace.session, realtime::CloseCode::session_ended, "the session ended");
  EXPECT_EQ(at_b(), Received{"close 4401"});
  EXPECT_EQ(b.hub.socket_count(), 0U);
}

TEST_F(ClusterRealtimeHubTest, SendsAMembersTabsAwayOnAllNodes) {
  b.open_tab(2, ada);
  scheduler.run_posted();
  b.hub.send_away_member(ada.member);
  scheduler.run_posted();
  EXPECT_EQ(b.shard.take(2), Received{"close 1001"});
  EXPECT_EQ(a.shard.take(1), Received{"close 1001"});
  EXPECT_EQ(a.hub.socket_count(), 0U);
  EXPECT_EQ(at_b(), Received{}) << "grace stays";
}

TEST_F(ClusterRealtimeHubTest, CountsWhatItCantRead) {
  const std::string everyone = Subjects("epoch").everyone(), workspace = Subjects("epoch").workspace(acme);
  a.switchboard.publish(everyone, "session_ended", R"("session":7)");
  a.switchboard.publish(everyone, "send_away", R"("member":"somebody")");
  a.switchboard.publish(workspace, "broadcast", R"("channels":7,"frame":{})");
  a.switchboard.publish(workspace, "broadcast", R"("frame":{})");
  a.switchboard.publish(workspace, "broadcast", R"("channels":[],"channels":[],"frame":{})");
  a.switchboard.publish(everyone, "session_ended", R"("session":"sess_1","session":"sess_2")");
  EXPECT_EQ(at_b(), Received{});
  EXPECT_EQ(b.metrics.counter("orbit_cluster_ignored_total", "", {{"reason", "malformed"}}).value(), 6);
}

}  // namespace
}  // namespace orbit::cluster
