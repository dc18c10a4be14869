#include "cluster/replicated_state.hpp"

#include <gmock/gmock.h>

#include "cluster/testing/three_replicas.hpp"

namespace orbit::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using ReplicatedStateTest = ThreeReplicas;

TEST_F(ReplicatedStateTest, WhatOneOwnsIsToldToAllWhoHoldTheTopic) {
  hold_everywhere();
  a.put(topic, "k", "1");
  b.put(topic, "k", "2");
  pass(all, 20ms);
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "1")));
  EXPECT_THAT(a.of(b, topic), ElementsAre(Pair("k", "2")));
  EXPECT_THAT(c.told[topic], testing::SizeIs(2));
  a.erase(topic, "k");
  pass(all, 20ms);
  EXPECT_THAT(b.of(a, topic), IsEmpty());
  EXPECT_THAT(c.of(b, topic), ElementsAre(Pair("k", "2")));
}

TEST_F(ReplicatedStateTest, ChangesOfATurnAreOneDeltaAndThoseThatCancelOutAreNone) {
  hold_everywhere();
  std::size_t& deltas = count("delta");
  for (int i = 0; i < 100; ++i) a.put(topic, "k" + std::to_string(i % 10), std::to_string(i));
  a.put(topic, "gone", "1");
  a.erase(topic, "gone");
  pass(all, 20ms);
  EXPECT_EQ(deltas, 1U);
  EXPECT_EQ(b.of(a, topic).size(), 10U);
  EXPECT_EQ(b.changes, 10);
  a.put(topic, "k1", b.of(a, topic).at("k1"));
  pass(all, 20ms);
  EXPECT_EQ(deltas, 1U);
}

TEST_F(ReplicatedStateTest, WhoHoldsATopicLaterIsToldWhatIsThere) {
  a.hold(topic);
  b.hold(topic);
  a.put(topic, "k", "1");
  b.put(topic, "k", "2");
  pass(all, 5s);
  c.hold(topic);
  pass(all, 20ms);
  EXPECT_THAT(c.of(a, topic), ElementsAre(Pair("k", "1")));
  EXPECT_THAT(c.of(b, topic), ElementsAre(Pair("k", "2")));
}

TEST_F(ReplicatedStateTest, ALostDeltaIsRepairedByTheNext) {
  hold_everywhere();
  a.put(topic, "lost", "1");
  network.drop_if([](const auto& delivery) { return is_kind(delivery.message, "delta"); });
  pass(all, 20ms);
  network.drop_if(nullptr);
  EXPECT_THAT(b.of(a, topic), IsEmpty());
  a.put(topic, "k", "2");
  pass(all, 500ms);
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "2"), Pair("lost", "1")));
  EXPECT_EQ(b.counter("orbit_cluster_repairs_total"), 1);
}

TEST_F(ReplicatedStateTest, ALostDeltaIsRepairedByTheDigestThatFollowsIt) {
  hold_everywhere();
  a.put(topic, "k", "1");
  pass(all, 20ms);
  network.drop_if([](const auto& delivery) { return is_kind(delivery.message, "delta"); });
  a.erase(topic, "k");
  pass(all, 20ms);
  network.drop_if(nullptr);
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "1")));
  pass(all, 1500ms);
  EXPECT_THAT(b.of(a, topic), IsEmpty());
  EXPECT_THAT(c.of(a, topic), IsEmpty());
}

TEST_F(ReplicatedStateTest, WhateverIsLostIsRepairedByADigestInTurn) {
  hold_everywhere();
  network.drop_if([this](const auto& delivery) {
    return &delivery.to == b.backplane && &delivery.from == a.backplane && delivery.subject == topic;
  });
  a.put(topic, "k", "1");
  pass(all, 10s);
  network.drop_if(nullptr);
  EXPECT_THAT(b.of(a, topic), IsEmpty());
  EXPECT_THAT(c.of(a, topic), ElementsAre(Pair("k", "1")));
  pass(all, 31s);
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "1")));
}

TEST_F(ReplicatedStateTest, DeltasThatComeBeforeTheStateTheyFollowAreNotLost) {
  a.hold(topic);
  a.put(topic, "k", "1");
  pass(all, 2s);
  network.drop_if([](const auto& delivery) { return is_kind(delivery.message, "state"); });
  b.hold(topic);
  pass(all, 50ms);
  a.put(topic, "l", "2");
  pass(all, 900ms);  // b asks again within the second
  EXPECT_THAT(b.of(a, topic), IsEmpty());
  network.drop_if([](const auto& delivery) { return is_kind(delivery.message, "digest"); });
  pass(all, 1s);
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "1"), Pair("l", "2")));
}

TEST_F(ReplicatedStateTest, ALargeStateComesInPartsAndALostPartIsAskedForAgain) {
  network.set_max_message(2'000);
  a.hold(topic);
  for (int i = 0; i < 500; ++i) a.put(topic, "key-" + std::to_string(i), R"("quoted" value)");
  pass(all, 2s);
  std::size_t& states = count("state");
  int parts = 0;
  network.drop_if([&](const auto& delivery) { return is_kind(delivery.message, "state") && ++parts == 3; });
  b.hold(topic);
  pass(all, 500ms);
  EXPECT_GT(states, 8U);
  EXPECT_THAT(b.of(a, topic), IsEmpty()) << "half a state is none";
  pass(all, 1500ms);
  EXPECT_EQ(b.of(a, topic).size(), 500U);
  EXPECT_EQ(b.of(a, topic), a.own.at(topic));
  EXPECT_GE(b.counter("orbit_cluster_asked_again_total"), 1);
}

TEST_F(ReplicatedStateTest, LargeChangesAreSeveralDeltasEachWithinTheLimit) {
  network.set_max_message(1'000);
  hold_everywhere();
  std::size_t& deltas = count("delta");
  for (int i = 0; i < 100; ++i) a.put(topic, "key-" + std::to_string(i), std::string(50, '"'));
  pass(all, 20ms);
  EXPECT_GT(deltas, 10U);
  EXPECT_EQ(b.of(a, topic), a.own.at(topic));
  EXPECT_EQ(b.counter("orbit_cluster_asked_total"), c.counter("orbit_cluster_asked_total")) << "no gap";
}

TEST_F(ReplicatedStateTest, WhatIsReleasedIsForgottenByAllAndMayBeHeldAgain) {
  hold_everywhere();
  a.put(topic, "k", "1");
  b.put(topic, "k", "2");
  pass(all, 2s);
  a.release(topic);
  pass(all, 50ms);
  EXPECT_THAT(b.of(a, topic), IsEmpty());
  EXPECT_THAT(c.of(a, topic), IsEmpty());
  EXPECT_FALSE(a.state.holds(topic));
  EXPECT_THAT(a.backplane->subscriptions(), testing::Not(testing::Contains(topic)));
  b.put(topic, "k", "3");
  pass(all, 50ms);
  a.hold(topic);
  a.put(topic, "l", "4");
  pass(all, 50ms);
  EXPECT_THAT(a.of(b, topic), ElementsAre(Pair("k", "3")));
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("l", "4")));
  EXPECT_EQ(b.counter("orbit_cluster_repairs_total"), 0);
}

TEST_F(ReplicatedStateTest, ACopyWhoseOwnersReleaseWasLostIsFoundOutInTheEnd) {
  hold_everywhere();
  a.put(topic, "k", "1");
  pass(all, 2s);
  network.drop_if([](const auto& delivery) { return is_kind(delivery.message, "delta"); });
  a.release(topic);
  pass(all, 1s);
  network.drop_if(nullptr);
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "1")));
  pass(all, 125s);
  EXPECT_THAT(b.of(a, topic), IsEmpty());
}

TEST_F(ReplicatedStateTest, IsSyncedOnceAllHaveSaidWhatTheyOwnOrThatItIsNothing) {
  a.hold(topic);
  a.put(topic, "k", "1");
  pass(all, 1s);
  std::vector<bool> synced;
  b.hold(topic);
  b.state.when_synced(topic, 150ms, [&](bool is_synced) {
    synced.push_back(is_synced);
    EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "1"))) << "told before";
  });
  EXPECT_THAT(synced, IsEmpty());
  pass(all, 10ms);
  EXPECT_THAT(synced, ElementsAre(true)) << "c doesn't hold it, and says so";
  b.state.when_synced(topic, 150ms, [&](bool is_synced) { synced.push_back(is_synced); });
  EXPECT_THAT(synced, ElementsAre(true, true));
  pass(all, 1s);
  EXPECT_THAT(synced, testing::SizeIs(2));
}

TEST_F(ReplicatedStateTest, IsNotSyncedWhileOneWhoIsAliveDoesNotAnswer) {
  std::vector<bool> synced;
  b.hold(topic);
  b.state.when_synced(topic, 150ms, [&](bool is_synced) { synced.push_back(is_synced); });
  pass(without_c, 140ms);
  EXPECT_THAT(synced, IsEmpty());
  pass(without_c, 20ms);
  EXPECT_THAT(synced, ElementsAre(false));
  b.state.when_synced(topic, 10s, [&](bool is_synced) { synced.push_back(is_synced); });
  pass(without_c, 6s);
  EXPECT_THAT(synced, ElementsAre(false, true)) << "c is not alive any more";
  b.state.when_synced("orbit.other", 10s, [&](bool is_synced) { synced.push_back(is_synced); });
  EXPECT_THAT(synced, ElementsAre(false, true, false)) << "not held";
}

TEST_F(ReplicatedStateTest, DoesNotWaitForABackplaneThatIsOutOfReach) {
  std::vector<bool> synced;
  const auto note = [&](bool is_synced) { synced.push_back(is_synced); };
  b.hold(topic);
  b.state.when_synced(topic, 10s, note);
  b.backplane->cut();
  settle(all);
  EXPECT_THAT(synced, ElementsAre(false));
  b.state.when_synced(topic, 10s, note);
  EXPECT_THAT(synced, ElementsAre(false, false));
  b.backplane->heal();
  settle(all);
  b.state.when_synced(topic, 10s, note);
  b.release(topic);
  EXPECT_THAT(synced, ElementsAre(false, false, false));
  pass(all, 11s);
  EXPECT_THAT(synced, testing::SizeIs(3));
}

TEST_F(ReplicatedStateTest, ManyTopicsAreAskedForTogether) {
  std::size_t& asks = count("ask");
  std::size_t& answers = count("answer");
  for (int i = 0; i < 1'000; ++i) a.hold("orbit.topic." + std::to_string(i));
  bool is_synced = false;
  a.state.when_synced("orbit.topic.999", 10s, [&](bool synced) { is_synced = synced; });
  pass(all, 1s);
  EXPECT_TRUE(is_synced);
  EXPECT_LE(asks, 20U);
  EXPECT_LE(answers, 40U);
}

TEST_F(ReplicatedStateTest, NobodyStormsWhenManyConnectAnew) {
  std::vector<std::unique_ptr<ReplicatingNode>> many;
  for (int i = 0; i < 17; ++i) many.push_back(std::make_unique<ReplicatingNode>(network, "n" + std::to_string(i)));
  for (const auto& node : many) all.push_back(node.get());
  pass(all, 500ms);
  std::vector<std::string> topics;
  for (int i = 0; i < 50; ++i) topics.push_back("orbit.topic." + std::to_string(i));
  for (SimulatedNode* node : all) {
    for (const std::string& name : topics) {
      static_cast<ReplicatingNode*>(node)->hold(name);
      static_cast<ReplicatingNode*>(node)->put(name, "k", "1");
    }
  }
  pass(all, 3s);
  for (SimulatedNode* node : all) node->backplane->cut();
  pass(all, 1s);
  for (SimulatedNode* node : all) node->backplane->heal();
  std::size_t& asks = count("ask");
  std::size_t& answers = count("answer");
  std::size_t& states = count("state");
  std::size_t& digests = count("digest");
  pass(all, 5s);
  EXPECT_LE(asks, 20U * 2) << "one for all topics each";
  EXPECT_LE(answers, 20U * 20 * 2);
  EXPECT_EQ(states, 0U) << "all agreed";
  EXPECT_LE(digests, 20U * 50 + 20 * 50 / 5);
  EXPECT_EQ(static_cast<ReplicatingNode*>(all.back())->told.at(topics.back()).size(), 19U);
}

TEST_F(ReplicatedStateTest, WhoDoesNotAnswerIsAskedLessAndLessOften) {
  hold_everywhere();
  network.drop_if(
      [](const auto& delivery) { return is_kind(delivery.message, "state") || is_kind(delivery.message, "answer"); });
  a.put(topic, "k", "1");
  network.drop_next(2);
  a.scheduler.advance(0ms);
  std::size_t& asks = count("ask");
  pass(all, 60s);
  EXPECT_GT(asks, 6U);
  EXPECT_LE(asks, 2 * 8U);
  network.drop_if(nullptr);
  pass(all, 20s);
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "1")));
}

TEST_F(ReplicatedStateTest, RefusesWhatIsBeyondItsLimits) {
  a.hold(topic);
  EXPECT_FALSE(a.state.put("orbit.other", "k", "1")) << "not held";
  EXPECT_FALSE(a.state.put(topic, std::string(257, 'k'), "1"));
  EXPECT_FALSE(a.state.put(topic, "k", std::string(2'049, 'v')));
  EXPECT_TRUE(a.state.put(topic, "k", std::string(2'048, 'v')));
  network.set_max_message(2'000);
  EXPECT_FALSE(a.state.put(topic, "l", std::string(1'900, 'v')));
  EXPECT_EQ(a.counter("orbit_cluster_entries_refused_total"), 3);
}

TEST_F(ReplicatedStateTest, CountsWhatItHolds) {
  hold_everywhere();
  kernel::Metric& own = a.metrics.gauge("orbit_cluster_entries", "", {{"of", "this_node"}});
  kernel::Metric& others = a.metrics.gauge("orbit_cluster_entries", "", {{"of", "others"}});
  a.put(topic, "k", "1");
  for (int i = 0; i < 5; ++i) b.put(topic, std::to_string(i), "1");
  c.put(topic, "k", "1");
  pass(all, 100ms);
  EXPECT_EQ(own.value(), 1);
  EXPECT_EQ(others.value(), 6);
  EXPECT_EQ(a.metrics.gauge("orbit_cluster_topics", "").value(), 1);
  pass(without_c, 7s);
  b.erase(topic, "0");
  pass(without_c, 100ms);
  EXPECT_EQ(others.value(), 4);
  a.release(topic);
  EXPECT_EQ(own.value(), 0);
  EXPECT_EQ(others.value(), 0);
}

TEST_F(ReplicatedStateTest, MalformedMessagesChangeNothing) {
  hold_everywhere();
  a.put(topic, "k", "1");
  pass(all, 2s);
  b.changes = 0;
  const std::string on_topic = topic;
  const std::string on_node = b.subjects.node(b.incarnation);
  const std::vector<std::tuple<std::string, std::string, std::string>> malformed{
      {on_topic, "delta", ""},
      {on_topic, "delta", R"("after":5,"counter":6,"hash":1,"set":{"k":1},"erased":[])"},
      {on_topic, "delta", R"("after":5,"counter":6,"hash":1,"set":[],"erased":[])"},
      {on_topic, "delta", R"("after":6,"counter":6,"hash":1,"set":{},"erased":[])"},
      {on_topic, "delta", R"("after":-1,"counter":6,"hash":1,"set":{},"erased":[])"},
      {on_topic, "delta", R"("after":0,"counter":1e30,"hash":1,"set":{},"erased":[])"},
      {on_topic, "delta", R"("after":0,"counter":6,"hash":1,"set":{},"erased":[7])"},
      {on_topic, "delta", R"("after":0,"counter":6,"hash":1,"set":{},"erased":[)"},
      {on_topic, "digest", R"("counter":"6","hash":1)"},
      {on_topic, "digest", R"("counter":6)"},
      {on_node, "ask", R"("id":1,"want":"everything","topics":[])"},
      {on_node, "ask", R"("id":1,"want":"state","topics":[1])"},
      {on_node, "ask", R"("id":1,"want":"state","topics":{})"},
      {on_node, "answer", R"("ask":1,"counter":1,"owned":[[0,1]])"},
      {on_node, "answer", R"("ask":1,"counter":1,"owned":[[1000,1,1]])"},
      {on_node, "answer", R"("ask":1,"counter":1,"owned":[0])"},
      {on_node, "state", R"("topic":"orbit.topic","counter":9,"hash":1,"part":1,"parts":1,"entries":{})"},
      {on_node, "state", R"("topic":"orbit.topic","counter":9,"hash":1,"part":0,"parts":99999,"entries":{})"},
      {on_node, "state", R"("topic":"orbit.topic","counter":9,"hash":1,"part":0,"parts":1,"entries":{"k":null}})"},
      {on_node, "state", R"("topic":1,"counter":9,"hash":1,"part":0,"parts":1,"entries":{})"},
  };
  for (const auto& [subject, kind, fields] : malformed) a.switchboard.publish(subject, kind, fields);
  settle(all);
  EXPECT_EQ(b.counter("orbit_cluster_ignored_total", {{"reason", "malformed"}}),
            static_cast<std::int64_t>(malformed.size()));
  pass(all, 40s);
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "1")));
  EXPECT_EQ(b.changes, 0);
}

}  // namespace
}  // namespace orbit::cluster
