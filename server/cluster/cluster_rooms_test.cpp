#include "cluster/cluster_rooms.hpp"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "cluster/testing/simulated_cluster.hpp"
#include "kernel/testing/memory_unit_of_work.hpp"
#include "realtime/in_process_realtime_hub.hpp"
#include "realtime/recording_shard.hpp"
#include "workspaces/events.hpp"

namespace orbit::cluster {
namespace {

using namespace std::chrono_literals;
using realtime::SocketHandle;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const std::string lobby = "workspace";

struct NodeWithRooms : SimulatedNode {
  NodeWithRooms(SimulatedNetwork& network, std::string name)
      : SimulatedNode(network, std::move(name)),
        state({switchboard, peers, scheduler, subjects}, 3s, metrics),
        cluster({switchboard, state, rooms, subjects}, metrics) {
    state.start();
    start();
  }

  SocketHandle open(kernel::WorkspaceId workspace, kernel::MemberId member) {
    const std::uint32_t number = ++sockets;
    const SocketHandle socket{number, {workspace, member, {}, {}}, &shard, {number, 1}};
    hub.register_socket(socket);
    return socket;
  }

  void publish_left(kernel::WorkspaceId workspace, kernel::MemberId member) {
    bus.publish(kernel::to_domain_event(workspaces::MemberLeft{member}, workspace, clock.now()));
  }

  /// "came ID", "went ID", "joined N", "ID KIND PAYLOAD"; of each id the last digits.
  std::vector<std::string> told(const SocketHandle& socket) {
    std::vector<std::string> out;
    for (const std::string& text : shard.take(socket.slot.index)) {
      std::string_view rest = text;
      while (!rest.empty()) {
        boost::json::stream_parser parser;
        rest.remove_prefix(parser.write_some(rest));
        out.push_back(line_of(parser.release()));
      }
    }
    return out;
  }
  static std::string line_of(const boost::json::value& frame) {
    const std::string type(frame.at("type").as_string());
    if (type == "room.joined") return "joined " + std::to_string(frame.at("members").as_array().size());
    if (type == "room.left") return "left";
    const std::string member(frame.at("memberId").as_string());
    const std::string who = member.substr(member.size() - 4);
    if (type == "room.presence") return (frame.at("online").as_bool() ? "came " : "went ") + who;
    return who + " " + std::string(frame.at("kind").as_string()) + " " + boost::json::serialize(frame.at("payload"));
  }

  realtime::PlainEncoder encoder;
  realtime::RecordingShard shard;
  realtime::InProcessRealtimeHub hub{metrics};
  kernel::EventBus bus{[](const kernel::DomainEvent& event, std::exception_ptr) { ADD_FAILURE() << event.type; }};
  kernel::MemoryUnitOfWork unit_of_work;
  realtime::Lobby authorizer;
  realtime::RoomAuthorizers authorizers{{{realtime::Lobby::name, &authorizer}}};
  realtime::Rooms rooms{{bus, unit_of_work, hub, scheduler, encoder, authorizers}, {}, metrics};
  ReplicatedState state;
  ClusterRooms cluster;
  std::uint32_t sockets = 0;
};

class ClusterRoomsTest : public testing::Test {
 protected:
  ClusterRoomsTest() { pass(all, 400ms); }

  void enter(NodeWithRooms& node, const SocketHandle& socket) {
    EXPECT_TRUE(node.rooms.join(socket, lobby).has_value());
  }
  static void signal(NodeWithRooms& node, const SocketHandle& socket, const std::string& kind, std::string payload) {
    EXPECT_TRUE(node.rooms.signal(socket, lobby, kind, {std::move(payload)}).has_value());
  }
  static std::string short_of(kernel::MemberId member) { return member.str().substr(member.str().size() - 4); }

  SimulatedNetwork network;
  NodeWithRooms a{network, "a"};
  NodeWithRooms b{network, "b"};
  std::vector<SimulatedNode*> all{&a, &b};
  std::vector<SimulatedNode*> without_b{&a};
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(a.clock);
  kernel::MemberId ada = kernel::MemberId::create(a.clock);
  kernel::MemberId grace = kernel::MemberId::create(a.clock);
  const std::string ada_id = short_of(ada);
  const std::string grace_id = short_of(grace);
};

TEST_F(ClusterRoomsTest, MembersOnDifferentNodesSeeEachOtherComeAndGo) {
  const auto adas = a.open(acme, ada);
  enter(a, adas);
  pass(all, 100ms);
  const auto graces = b.open(acme, grace);
  enter(b, graces);
  pass(all, 100ms);
  EXPECT_THAT(a.told(adas), ElementsAre("joined 1", "came " + grace_id));
  EXPECT_THAT(b.told(graces), ElementsAre("joined 1", "came " + ada_id)) << "before the others could be asked";
  const auto again = b.open(acme, grace);
  enter(b, again);
  EXPECT_THAT(b.told(again), ElementsAre("joined 2"));
  EXPECT_TRUE(b.rooms.leave(graces, lobby).has_value());
  EXPECT_TRUE(b.rooms.leave(again, lobby).has_value());
  pass(all, 100ms);
  EXPECT_THAT(a.told(adas), ElementsAre("went " + grace_id));
  EXPECT_FALSE(b.state.holds(b.subjects.room(acme, lobby)));
}

TEST_F(ClusterRoomsTest, AMemberWithTabsOnTwoNodesIsInTheRoomOnce) {
  const auto graces = a.open(acme, grace);
  const auto here = a.open(acme, ada);
  const auto there = b.open(acme, ada);
  enter(a, graces);
  enter(a, here);
  enter(b, there);
  pass(all, 100ms);
  EXPECT_TRUE(a.rooms.leave(here, lobby).has_value());
  pass(all, 3s);
  EXPECT_THAT(a.told(graces), ElementsAre("joined 1", "came " + ada_id));
  EXPECT_TRUE(b.rooms.leave(there, lobby).has_value());
  pass(all, 100ms);
  EXPECT_THAT(a.told(graces), ElementsAre("went " + ada_id));
}

TEST_F(ClusterRoomsTest, SignalsReachTheRoomOnOtherNodesTheLatestOfATickOnly) {
  const auto adas = a.open(acme, ada);
  const auto graces = b.open(acme, grace);
  enter(a, adas);
  enter(b, graces);
  pass(all, 100ms);
  a.told(adas);
  b.told(graces);
  signal(a, adas, "cursor", "0");
  pass(all, 10ms);
  EXPECT_THAT(b.told(graces), ElementsAre(ada_id + " cursor 0"));
  for (int i = 1; i < 100; ++i) signal(a, adas, "cursor", std::to_string(i));
  signal(a, adas, "reaction", "1");
  signal(a, adas, "reaction", "2");
  const std::size_t before = network.published();
  pass(all, 100ms);
  EXPECT_THAT(b.told(graces),
              UnorderedElementsAre(ada_id + " cursor 99", ada_id + " reaction 1", ada_id + " reaction 2"));
  EXPECT_THAT(a.told(adas), IsEmpty()) << "they don't come back";
  EXPECT_LE(network.published() - before, 4U);
}

TEST_F(ClusterRoomsTest, WhoComesInHearsWhatStandsOnOtherNodesUntilItsMemberLeaves) {
  const auto adas = a.open(acme, ada);
  enter(a, adas);
  signal(a, adas, "cursor", R"({"x":"\"1\""})");
  signal(a, adas, "app:mood", "2");
  signal(a, adas, "reaction", "3");
  pass(all, 2s);
  const auto graces = b.open(acme, grace);
  enter(b, graces);
  pass(all, 100ms);
  EXPECT_THAT(b.told(graces), UnorderedElementsAre(ada_id + " app:mood 2", ada_id + R"( cursor {"x":"\"1\""})",
                                                   "came " + ada_id, "joined 1"));
  const auto again = b.open(acme, grace);
  enter(b, again);
  EXPECT_EQ(b.told(again).size(), 3U);
  EXPECT_TRUE(a.rooms.leave(adas, lobby).has_value());
  pass(all, 100ms);
  const auto last = b.open(acme, grace);
  enter(b, last);
  EXPECT_THAT(b.told(last), ElementsAre("joined 1"));
}

TEST_F(ClusterRoomsTest, ManySignalsToBeDeliveredEachAreSplitToFit) {
  network.set_max_message(1'000);
  const auto adas = a.open(acme, ada);
  const auto graces = b.open(acme, grace);
  enter(a, adas);
  enter(b, graces);
  pass(all, 100ms);
  b.told(graces);
  for (int i = 0; i < 50; ++i) signal(a, adas, "reaction", std::to_string(i));
  pass(all, 100ms);
  const auto got = b.told(graces);
  ASSERT_EQ(got.size(), 50U);
  EXPECT_EQ(got.back(), ada_id + " reaction 49");
}

TEST_F(ClusterRoomsTest, ARoomIsLeftByTheMembersOfANodeThatDies) {
  const auto adas = a.open(acme, ada);
  const auto graces = b.open(acme, grace);
  enter(a, adas);
  enter(b, graces);
  signal(b, graces, "cursor", "1");
  pass(all, 100ms);
  a.told(adas);
  pass(without_b, 6s);
  EXPECT_THAT(a.told(adas), ElementsAre("went " + grace_id));
  pass(all, 3s);
  EXPECT_THAT(a.told(adas), ElementsAre("came " + grace_id, grace_id + " cursor 1")) << "it was only stopped";
}

TEST_F(ClusterRoomsTest, WhoeversMembershipEndedIsOutWhateverANodeSaysThatLearnsOfItLater) {
  const auto adas = a.open(acme, ada);
  const auto graces = b.open(acme, grace);
  enter(a, adas);
  enter(b, graces);
  pass(all, 100ms);
  a.told(adas);
  a.publish_left(acme, grace);
  EXPECT_THAT(a.told(adas), ElementsAre("went " + grace_id));
  signal(b, graces, "cursor", "1");
  signal(b, graces, "reaction", "1");
  EXPECT_TRUE(b.rooms.leave(graces, lobby).has_value());
  enter(b, graces);
  pass(all, 100ms);
  EXPECT_THAT(a.told(adas), IsEmpty());
  b.publish_left(acme, grace);
  pass(all, 1s);
  EXPECT_THAT(a.told(adas), IsEmpty());
}

TEST_F(ClusterRoomsTest, WhatItDoesNotUnderstandIsCountedAndIgnored) {
  const auto adas = a.open(acme, ada);
  const auto graces = b.open(acme, grace);
  enter(a, adas);
  enter(b, graces);
  pass(all, 100ms);
  a.told(adas);
  const std::string topic = b.subjects.room(acme, lobby);
  for (const std::string& key : {std::string("x:1"), std::string("m:grace"), "s:" + grace.str(),
                                 "s:" + grace.str() + ":", "s:" + grace.str() + ":a\"b"}) {
    b.state.put(topic, key, "1");
  }
  b.state.put(topic, "s:" + grace.str() + ":cursor", R"(1},"evil":{)");
  for (const std::string fields :
       {R"("signals":[{}])", R"("signals":[{"member":"x","kind":"a","payload":1}])", R"("signals":{})", ""}) {
    b.switchboard.publish(topic, "signals", fields);
  }
  pass(all, 100ms);
  EXPECT_THAT(a.told(adas), IsEmpty());
  EXPECT_EQ(a.counter("orbit_cluster_entries_unknown_total"), 6);
  EXPECT_EQ(a.counter("orbit_cluster_ignored_total", {{"reason", "malformed"}}), 4);
}

}  // namespace
}  // namespace orbit::cluster
