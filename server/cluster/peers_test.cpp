#include "cluster/peers.hpp"

#include <gmock/gmock.h>

#include "cluster/testing/simulated_cluster.hpp"

namespace orbit::cluster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct Member final : PeerListener {
  Member(SimulatedNetwork& network, std::string node_name) : node(network, std::move(node_name)) {
    node.peers.add_listener(*this);
  }

  void came(const kernel::Uuid&) override { ++arrivals; }
  void went(const kernel::Uuid&, Departure how) override {
    departures.emplace_back(how == Departure::farewell ? "farewell" : "lease");
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const Peer& peer : node.peers.all()) names.push_back(peer.name);
    return names;
  }

  SimulatedNode node;
  int arrivals = 0;
  std::vector<std::string> departures;
};

class PeersTest : public testing::Test {
 protected:
  PeersTest() {
    for (Member* member : {&a, &b, &c}) member->node.start();
    pass(all, 400ms);
  }

  SimulatedNetwork network;
  Member a{network, "a"};
  Member b{network, "b"};
  Member c{network, "c"};
  std::vector<SimulatedNode*> all{&a.node, &b.node, &c.node};
  std::vector<SimulatedNode*> without_c{&a.node, &b.node};
};

TEST_F(PeersTest, KnowEachOtherByNameWithinAMoment) {
  EXPECT_THAT(a.names(), UnorderedElementsAre("b", "c"));
  EXPECT_THAT(c.names(), UnorderedElementsAre("a", "b"));
  EXPECT_TRUE(a.node.peers.is_settled());
  EXPECT_EQ(a.node.metrics.gauge("orbit_cluster_peers", "").value(), 2);
  EXPECT_EQ(a.node.peers.name_of(b.node.incarnation), "b");
  pass(all, 60s);
  EXPECT_EQ(a.arrivals, 2);
  EXPECT_THAT(a.departures, IsEmpty());
}

TEST_F(PeersTest, ANewcomerKnowsAllBeforeItSettles) {
  Member d{network, "d"};
  d.node.start();
  all.push_back(&d.node);
  EXPECT_FALSE(d.node.peers.is_settled());
  pass(all, 290ms);
  EXPECT_FALSE(d.node.peers.is_settled());
  EXPECT_THAT(d.names(), UnorderedElementsAre("a", "b", "c"));
  pass(all, 20ms);
  EXPECT_TRUE(d.node.peers.is_settled());
}

TEST_F(PeersTest, OneThatFallsSilentIsGoneAfterItsLeaseAndNotBefore) {
  const auto left = c.node.incarnation;
  pass(all, 600ms);  // its heartbeat was the last that is heard
  c.node.backplane->cut();
  pass(without_c, 5s);
  EXPECT_TRUE(a.node.peers.is_alive(left));
  pass(without_c, 250ms);
  EXPECT_FALSE(a.node.peers.is_alive(left));
  EXPECT_THAT(a.departures, ElementsAre("lease"));
  EXPECT_THAT(b.departures, ElementsAre("lease"));
}

TEST_F(PeersTest, OneThatSaysFarewellIsGoneAtOnceWhateverIsHeardOfItLater) {
  c.node.peers.stop();
  c.node.switchboard.publish(c.node.subjects.everyone(), "late", "");
  pass(all, 10ms);
  EXPECT_THAT(a.departures, ElementsAre("farewell"));
  EXPECT_THAT(a.names(), ElementsAre("b"));
  pass(all, 10s);
  EXPECT_EQ(a.arrivals, 2);
  EXPECT_THAT(a.names(), ElementsAre("b"));
}

TEST_F(PeersTest, AProcessThatWasStoppedForgetsNobodyWhenItGoesOn) {
  pass(without_c, 10s);
  EXPECT_THAT(a.departures, ElementsAre("lease"));
  pass(all, 10s);
  EXPECT_THAT(c.departures, IsEmpty());
  EXPECT_THAT(a.names(), UnorderedElementsAre("b", "c"));
  EXPECT_EQ(a.arrivals, 3);
  EXPECT_THAT(a.departures, ElementsAre("lease"));
}

TEST_F(PeersTest, APartitionThatHealsWithinTheLeaseIsNotSeen) {
  c.node.backplane->cut();
  pass(all, 3900ms);
  c.node.backplane->heal();
  pass(all, 10s);
  for (const Member* member : {&a, &b, &c}) {
    EXPECT_THAT(member->departures, IsEmpty());
    EXPECT_EQ(member->arrivals, 2);
  }
  EXPECT_TRUE(c.node.peers.is_settled());
}

TEST_F(PeersTest, APartitionThatHealsAfterTheLeaseBringsAllBackAtOnce) {
  c.node.backplane->cut();
  pass(all, 10s);
  EXPECT_THAT(c.departures, ElementsAre("lease", "lease"));
  EXPECT_FALSE(c.node.peers.is_settled());
  c.node.backplane->heal();
  pass(all, 50ms);
  EXPECT_THAT(c.names(), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(a.names(), UnorderedElementsAre("b", "c"));
}

TEST_F(PeersTest, HearAnyMessageAsASignOfLife) {
  network.drop_if([](const auto& delivery) { return delivery.message.contains("heartbeat"); });
  for (int i = 0; i < 10; ++i) {
    b.node.switchboard.publish(b.node.subjects.everyone(), "unheard_of", "");
    pass(all, 1s);
  }
  EXPECT_TRUE(a.node.peers.is_alive(b.node.incarnation));
  EXPECT_FALSE(a.node.peers.is_alive(c.node.incarnation));
}

TEST_F(PeersTest, ManyThatComeAtOnceDoNotMakeEachOtherShout) {
  std::vector<std::unique_ptr<Member>> many;
  const std::size_t before = network.published();
  for (int i = 0; i < 47; ++i) {
    many.push_back(std::make_unique<Member>(network, "n" + std::to_string(i)));
    all.push_back(&many.back()->node);
    many.back()->node.start();
  }
  pass(all, 400ms);
  EXPECT_EQ(a.node.peers.all().size(), 49U);
  EXPECT_EQ(many.back()->node.peers.all().size(), 49U);
  EXPECT_LE(network.published() - before, 3 * 50U);
}

TEST_F(PeersTest, MalformedHeartbeatsChangeNothing) {
  const std::vector<std::string> malformed{R"("name":)",
                                           R"("name":1)",
                                           R"("name":"")",
                                           R"("nom":"b")",
                                           R"("name":"a\nb")",
                                           R"("name":")" + std::string(65, 'x') + "\"",
                                           ""};
  Member d{network, "d"};
  all.push_back(&d.node);
  d.node.switchboard.start();
  pass(all, 10ms);
  for (const std::string& fields : malformed) {
    d.node.switchboard.publish(d.node.subjects.everyone(), "heartbeat", fields);
  }
  pass(all, 10ms);
  EXPECT_EQ(a.node.counter("orbit_cluster_ignored_total", {{"reason", "malformed"}}),
            static_cast<std::int64_t>(malformed.size()));
  EXPECT_THAT(a.names(), UnorderedElementsAre("b", "c", "")) << "it lives, whatever its name may be";
}

TEST_F(PeersTest, AreBounded) {
  for (std::size_t i = 0; i < Peers::max_peers + 10; ++i) {
    const std::string from = kernel::to_string(kernel::new_uuid(a.node.clock));
    b.node.backplane->publish(b.node.subjects.everyone(), R"({"v":1,"kind":"x","from":")" + from + R"("})");
  }
  settle(all);
  EXPECT_EQ(a.node.peers.all().size(), Peers::max_peers);
  EXPECT_EQ(a.node.counter("orbit_cluster_peers_beyond_limit_total"), 12);
}

}  // namespace
}  // namespace orbit::cluster
