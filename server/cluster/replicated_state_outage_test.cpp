#include <gmock/gmock.h>

#include "cluster/replicated_state.hpp"
#include "cluster/testing/three_replicas.hpp"

namespace orbit::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

using ReplicatedStateOutageTest = ThreeReplicas;

TEST_F(ReplicatedStateOutageTest, ANodeWhoseLeaseIsOverIsForgotten) {
  hold_everywhere();
  c.put(topic, "k", "1");
  pass(all, 100ms);
  pass(without_c, 4s);
  EXPECT_THAT(a.of(c, topic), ElementsAre(Pair("k", "1")));
  pass(without_c, 2500ms);
  EXPECT_THAT(a.of(c, topic), IsEmpty());
  EXPECT_THAT(b.of(c, topic), IsEmpty());
}

TEST_F(ReplicatedStateOutageTest, AfterAFarewellIsForgottenWithTheGrace) {
  hold_everywhere();
  c.put(topic, "k", "1");
  pass(all, 100ms);
  c.peers.stop();
  pass(all, 2900ms);
  EXPECT_THAT(a.of(c, topic), ElementsAre(Pair("k", "1")));
  pass(all, 200ms);
  EXPECT_THAT(a.of(c, topic), IsEmpty());
  c.put(topic, "l", "2");
  pass(all, 40s);
  EXPECT_THAT(a.of(c, topic), IsEmpty()) << "a late word of one who is gone changes nothing";
}

TEST_F(ReplicatedStateOutageTest, AProcessThatWasStoppedIsTakenUpAgainWhenItGoesOn) {
  hold_everywhere();
  for (ReplicatingNode* node : {&a, &b, &c}) node->put(topic, "k", "1");
  pass(all, 2s);
  pass(without_c, 10s);
  EXPECT_THAT(a.of(c, topic), IsEmpty());
  a.put(topic, "k", "2");
  pass(without_c, 1s);
  c.changes = 0;
  pass(all, 3s);
  EXPECT_THAT(a.of(c, topic), ElementsAre(Pair("k", "1")));
  EXPECT_THAT(b.of(c, topic), ElementsAre(Pair("k", "1")));
  EXPECT_THAT(c.of(a, topic), ElementsAre(Pair("k", "2")));
  EXPECT_EQ(c.changes, 1) << "it forgot nobody";
}

TEST_F(ReplicatedStateOutageTest, APartitionThatHealsWithinTheLeaseIsNotSeen) {
  hold_everywhere();
  for (ReplicatingNode* node : {&a, &b, &c}) node->put(topic, "k", "1");
  pass(all, 2s);
  for (ReplicatingNode* node : {&a, &b, &c}) node->changes = 0;
  c.backplane->cut();
  pass(all, 3500ms);
  c.backplane->heal();
  pass(all, 60s);
  for (ReplicatingNode* node : {&a, &b, &c}) EXPECT_EQ(node->changes, 0);
}

TEST_F(ReplicatedStateOutageTest, WhatChangedDuringAPartitionIsKnownSoonAfterIt) {
  hold_everywhere();
  a.put(topic, "k", "1");
  c.put(topic, "k", "1");
  pass(all, 2s);
  c.backplane->cut();
  pass(all, 100ms);
  a.put(topic, "k", "2");
  c.put(topic, "k", "3");
  pass(all, 3s);
  c.backplane->heal();
  pass(all, 2500ms);
  EXPECT_THAT(c.of(a, topic), ElementsAre(Pair("k", "2")));
  EXPECT_THAT(a.of(c, topic), ElementsAre(Pair("k", "3")));
  EXPECT_THAT(b.of(c, topic), ElementsAre(Pair("k", "3")));
}

TEST_F(ReplicatedStateOutageTest, APartitionThatHealsAfterTheLeaseBringsEverythingBack) {
  hold_everywhere();
  for (ReplicatingNode* node : {&a, &b, &c}) node->put(topic, "k", "1");
  pass(all, 2s);
  c.backplane->cut();
  pass(all, 10s);
  EXPECT_THAT(c.told[topic], IsEmpty());
  EXPECT_THAT(a.of(c, topic), IsEmpty());
  EXPECT_THAT(a.of(b, topic), ElementsAre(Pair("k", "1")));
  c.backplane->heal();
  pass(all, 2s);
  EXPECT_THAT(c.of(a, topic), ElementsAre(Pair("k", "1")));
  EXPECT_THAT(a.of(c, topic), ElementsAre(Pair("k", "1")));
  EXPECT_THAT(b.of(c, topic), ElementsAre(Pair("k", "1")));
}

TEST_F(ReplicatedStateOutageTest, WhenTheBrokerComesBackForAllTheyAgreeAgain) {
  hold_everywhere();
  for (ReplicatingNode* node : {&a, &b, &c}) node->put(topic, "k", "1");
  pass(all, 2s);
  for (ReplicatingNode* node : {&a, &b, &c}) node->backplane->cut();
  pass(all, 20s);
  a.erase(topic, "k");
  b.put(topic, "l", "2");
  pass(all, 1s);
  for (ReplicatingNode* node : {&c, &b, &a}) {
    node->backplane->heal();
    pass(all, 700ms);
  }
  pass(all, 3s);
  EXPECT_THAT(c.of(a, topic), IsEmpty());
  EXPECT_THAT(a.of(c, topic), ElementsAre(Pair("k", "1")));
  EXPECT_THAT(c.of(b, topic), ElementsAre(Pair("k", "1"), Pair("l", "2")));
}

TEST_F(ReplicatedStateOutageTest, MessagesThatTheBackplaneLostAreRepairedAtOnce) {
  hold_everywhere();
  a.put(topic, "k", "1");
  pass(all, 2s);
  a.put(topic, "k", "2");
  a.scheduler.advance(0ms);
  b.backplane->lose_messages();
  network.drop_if([](const auto& delivery) { return is_kind(delivery.message, "digest"); });
  pass(all, 1s);
  EXPECT_THAT(b.of(a, topic), ElementsAre(Pair("k", "2")));
}

}  // namespace
}  // namespace orbit::cluster
