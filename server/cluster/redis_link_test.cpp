// What is Redis' own; the rest is in backplane_conformance_test.cpp.
#include <gtest/gtest.h>

#include "cluster/testing/backplane_node.hpp"
#include "cluster/testing/private_server.hpp"

namespace orbit::cluster {
namespace {

using Heard = BackplaneNode::Heard;

bool is_connected(const Heard& heard) { return heard.connected == 1; }
bool is_disconnected(const Heard& heard) { return heard.disconnected == 1; }

std::string at(const PrivateServer& server) { return "127.0.0.1:" + std::to_string(server.port()); }

TEST(RedisLink, SignsInWithAPassword) {
  const PrivateServer server(PrivateServer::redis({"--requirepass", "s@cret"}));
  BackplaneNode node("redis://:s%40cret@" + at(server));
  EXPECT_TRUE(node.comes_to(is_connected)) << node.heard().reason;
}

TEST(RedisLink, SignsInWithUserAndPassword) {
  const PrivateServer server(PrivateServer::redis({"--user", "ada", "on", ">secret", "allchannels", "+@all"}));
  BackplaneNode node("redis://ada:secret@" + at(server) + "/3");
  EXPECT_TRUE(node.comes_to(is_connected)) << node.heard().reason;
}

TEST(RedisLink, SaysWhyAServerRefusesIt) {
  const PrivateServer server(PrivateServer::redis({"--requirepass", "secret"}));
  BackplaneNode stranger("redis://" + at(server));
  ASSERT_TRUE(stranger.comes_to(is_disconnected));
  EXPECT_NE(stranger.heard().reason.find("NOAUTH"), std::string::npos) << stranger.heard().reason;
  BackplaneNode mistaken("redis://:hunter2@" + at(server));
  ASSERT_TRUE(mistaken.comes_to(is_disconnected));
  EXPECT_NE(mistaken.heard().reason.find("WRONGPASS"), std::string::npos) << mistaken.heard().reason;
}

TEST(RedisLink, SaysThatItMayNotUseASubject) {
  const PrivateServer server(PrivateServer::redis({"--user", "ada", "on", ">secret", "resetchannels", "+@all"}));
  BackplaneNode node("redis://ada:secret@" + at(server));
  ASSERT_TRUE(node.comes_to(is_connected));
  node.subscribe("orbit.a");
  ASSERT_TRUE(node.comes_to(is_disconnected));
  EXPECT_NE(node.heard().reason.find("NOPERM"), std::string::npos) << node.heard().reason;
}

TEST(RedisLink, IsDisconnectedAndBackWhenItWasTooSlowForTheServer) {
  const PrivateServer server(PrivateServer::redis({"--client-output-buffer-limit", "pubsub 65536 0 0"}));
  BackplaneNode slow("redis://" + at(server));
  BackplaneNode fast("redis://" + at(server));
  ASSERT_TRUE(slow.comes_to(is_connected));
  ASSERT_TRUE(fast.comes_to(is_connected));
  slow.subscribe("orbit.a");
  ASSERT_TRUE(slow.comes_to([](const Heard& heard) { return heard.subscribed.size() == 1; }));
  // More at once than the limit: the server can't have sent it before it looks.
  const std::string message(slow.max_message(), 'x');
  fast.run([&](Backplane& backplane) {
    for (int i = 0; i < 8; ++i) backplane.publish("orbit.a", message);
  });
  ASSERT_TRUE(slow.comes_to(is_disconnected));
  ASSERT_TRUE(slow.comes_to([](const Heard& heard) { return heard.connected == 2 && heard.subscribed.size() == 2; }));
  slow.forget_messages();
  fast.publish("orbit.a", "heard");
  EXPECT_TRUE(slow.comes_to(
      [](const Heard& heard) { return !heard.messages.empty() && heard.messages.back().second == "heard"; }));
}

TEST(RedisLink, IsRefusedByAUrlThatItCannotServe) {
  const auto message_of = [](std::string_view url) {
    ThreadScheduler scheduler;
    kernel::MetricsRegistry metrics;
    const auto made = make_backplane(url, "sqlite:orbit.db", scheduler, metrics);
    return made ? "" : made.error().message;
  };
  EXPECT_NE(message_of("rediss://host").find("TLS"), std::string::npos);
  EXPECT_NE(message_of("redis://one,two").find("one host"), std::string::npos);
  EXPECT_NE(message_of("redis://ada@host").find("password"), std::string::npos);
  EXPECT_NE(message_of("redis://host/queue").find("database"), std::string::npos);
  EXPECT_NE(message_of("kafka://ada:hunter2@host"), "");
  EXPECT_EQ(message_of("kafka://ada:hunter2@host").find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace orbit::cluster
