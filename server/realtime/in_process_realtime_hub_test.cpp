#include "realtime/in_process_realtime_hub.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "realtime/recording_shard.hpp"

namespace orbit::realtime {
namespace {

using Received = std::vector<std::string>;

class InProcessRealtimeHubTest : public testing::Test {
 protected:
  SocketHandle add(std::uint32_t number, kernel::MemberId member, FanoutShard& shard) {
    const SocketHandle handle{number, {acme, member, user, session}, &shard, {number, 1}};
    hub.register_socket(handle);
    return handle;
  }
  SharedFrame frame(const std::string& text) const { return encoder.encode(text, std::nullopt); }

  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  PlainEncoder encoder;
  RecordingShard first, second;
  InProcessRealtimeHub hub{metrics};
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(clock);
  kernel::MemberId ada = kernel::MemberId::create(clock), grace = kernel::MemberId::create(clock);
  kernel::UserId user = kernel::UserId::create(clock);
  kernel::SessionId session = kernel::SessionId::create(clock);
};

TEST_F(InProcessRealtimeHubTest, BroadcastsToTheSubscribersOfTheChannelOnly) {
  add(1, ada, first);
  add(2, grace, first);
  hub.subscribe(1, "workspace:a");
  hub.subscribe(2, "workspace:b");
  hub.broadcast("workspace:a", frame("x"));
  EXPECT_EQ(first.received(1), Received{"x"});
  EXPECT_EQ(first.received(2), Received{});
}

TEST_F(InProcessRealtimeHubTest, TellsOnlyShardsThatHaveSubscribers) {
  add(1, ada, first);
  add(2, grace, second);
  hub.subscribe(1, "workspace:a");
  hub.broadcast("workspace:a", frame("x"));
  hub.broadcast("nobody", frame("y"));
  EXPECT_EQ(first.broadcasts(), 1);
  EXPECT_EQ(second.broadcasts(), 0);
}

TEST_F(InProcessRealtimeHubTest, NamesTheBusiestWorkspacesFirst) {
  const auto globex = kernel::WorkspaceId::create(clock), initech = kernel::WorkspaceId::create(clock);
  add(1, ada, first);
  for (const std::uint32_t number : {2, 3, 4})
    hub.register_socket({number, {globex, grace, user, session}, &first, {}});
  for (const std::uint32_t number : {5, 6}) hub.register_socket({number, {initech, grace, user, session}, &first, {}});
  using Busiest = std::vector<std::pair<kernel::WorkspaceId, std::size_t>>;
  EXPECT_EQ(hub.busiest_workspaces(2), (Busiest{{globex, 3}, {initech, 2}}));
  hub.unregister_socket(1);
  EXPECT_EQ(hub.busiest_workspaces(9), (Busiest{{globex, 3}, {initech, 2}}));
}

TEST_F(InProcessRealtimeHubTest, KnowsAWorkspacesSocketsInWhateverOrderTheyLeave) {
  for (std::uint32_t i = 0; i < 6; ++i) add(i, i % 2 == 0 ? ada : grace, first);
  const auto left = [&] {
    std::set<SocketId> ids;
    for (const SocketHandle& handle : hub.sockets_for_workspace(acme)) ids.insert(handle.id);
    return ids;
  };
  hub.unregister_socket(1);
  EXPECT_EQ(left(), (std::set<SocketId>{0, 2, 3, 4, 5}));
  hub.unregister_socket(5);
  hub.unregister_socket(4);
  hub.unregister_socket(0);
  EXPECT_EQ(left(), (std::set<SocketId>{2, 3}));
  add(7, ada, first);
  hub.unregister_socket(2);
  EXPECT_EQ(left(), (std::set<SocketId>{3, 7}));
  hub.unregister_socket(7);
  hub.unregister_socket(3);
  EXPECT_EQ(left(), std::set<SocketId>{});
}

TEST_F(InProcessRealtimeHubTest, ASocketOnSeveralOfTheChannelsGetsAFrameOnce) {
  add(1, ada, first);
  hub.subscribe(1, "a");
  hub.subscribe(1, "b");
  hub.broadcast_many(std::vector<std::string>{"a", "b", "c"}, frame("x"));
  EXPECT_EQ(first.received(1), Received{"x"});
}

TEST_F(InProcessRealtimeHubTest, AnEmptyChannelLeavesNothingBehind) {
  add(1, ada, first);
  hub.subscribe(1, "a");
  hub.subscribe(1, "a");
  EXPECT_EQ(hub.channel_count(), 1U);
  hub.unsubscribe(1, "a");
  EXPECT_EQ(hub.channel_count(), 0U);
  hub.subscribe(1, "b");
  hub.unregister_socket(1);
  EXPECT_EQ(hub.channel_count(), 0U);
  EXPECT_EQ(hub.socket_count(), 0U);
}

TEST_F(InProcessRealtimeHubTest, AReusedIndexReachesNobodyOfTheChannelBefore) {
  add(1, ada, first);
  add(2, grace, first);
  hub.subscribe(1, "old");
  hub.unsubscribe(1, "old");
  hub.subscribe(2, "new");
  hub.broadcast("new", frame("x"));
  EXPECT_EQ(first.received(1), Received{});
  EXPECT_EQ(first.received(2), Received{"x"});
}

TEST_F(InProcessRealtimeHubTest, NothingReachesASocketAfterItsMemberWasClosed) {
  add(1, ada, first);
  add(2, ada, second);
  add(3, grace, first);
  for (const SocketId socket : {1, 2, 3}) hub.subscribe(socket, "a");
  hub.broadcast("a", frame("before"));
  hub.close_member(ada, CloseCode::membership_ended, "");
  hub.broadcast("a", frame("after"));
  EXPECT_EQ(first.received(1), (Received{"before", "close 4403"}));
  EXPECT_EQ(second.received(2), (Received{"before", "close 4403"}));
  EXPECT_EQ(first.received(3), (Received{"before", "after"}));
  EXPECT_TRUE(hub.sockets_for_member(ada).empty());
}

TEST_F(InProcessRealtimeHubTest, ClosesBySessionAndByWorkspace) {
  add(1, ada, first);
  hub.close_session(kernel::SessionId::create(clock), CloseCode::session_ended, "");
  EXPECT_EQ(hub.socket_count(), 1U);
  hub.close_session(session, CloseCode::session_ended, "");
  add(2, grace, first);
  hub.close_workspace(acme, CloseCode::membership_ended, "");
  EXPECT_EQ(first.received(1), Received{"close 4401"});
  EXPECT_EQ(first.received(2), Received{"close 4403"});
}

TEST_F(InProcessRealtimeHubTest, SubscribesAMembersSocketsTogether) {
  add(1, ada, first);
  add(2, ada, second);
  hub.subscribe_member_to_channel(ada, "a");
  EXPECT_EQ(hub.channels_for_socket(2), Received{"a"});
  hub.unsubscribe_member_from_channel(ada, "a");
  EXPECT_TRUE(hub.channels_for_socket(1).empty());
  EXPECT_EQ(hub.channel_count(), 0U);
}

TEST_F(InProcessRealtimeHubTest, IsCallableFromAnyThread) {
  std::vector<std::jthread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (std::uint32_t i = 0; i < 200; ++i) {
        const std::uint32_t number = t * 1000 + i + 1;
        add(number, ada, t % 2 == 0 ? first : second);
        hub.subscribe(number, "a");
        hub.broadcast("a", frame("x"));
        hub.unregister_socket(number);
      }
    });
  }
  threads.clear();
  EXPECT_EQ(hub.socket_count(), 0U);
  EXPECT_EQ(hub.channel_count(), 0U);
}

}  // namespace
}  // namespace orbit::realtime
