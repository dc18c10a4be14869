// What is NATS' own; the rest is in backplane_conformance_test.cpp.
#include <gtest/gtest.h>

#include "cluster/testing/backplane_node.hpp"
#include "cluster/testing/private_server.hpp"

namespace orbit::cluster {
namespace {

using Heard = BackplaneNode::Heard;

bool is_connected(const Heard& heard) { return heard.connected == 1; }
bool is_disconnected(const Heard& heard) { return heard.disconnected == 1; }

std::string at(const PrivateServer& server) { return "127.0.0.1:" + std::to_string(server.port()); }

TEST(NatsLink, SignsInWithUserAndPassword) {
  const PrivateServer server(PrivateServer::nats({"--user", "ada", "--pass", "s@cret"}));
  BackplaneNode node("nats://ada:s%40cret@" + at(server));
  EXPECT_TRUE(node.comes_to(is_connected)) << node.heard().reason;
}

TEST(NatsLink, SignsInWithAToken) {
  const PrivateServer server(PrivateServer::nats({"--auth", "tok:en"}));
  BackplaneNode node("nats://tok%3Aen@" + at(server));
  EXPECT_TRUE(node.comes_to(is_connected)) << node.heard().reason;
}

TEST(NatsLink, SaysWhyAServerRefusesItAndTriesOn) {
  const PrivateServer server(PrivateServer::nats({"--user", "ada", "--pass", "secret"}));
  BackplaneNode node("nats://ada:hunter2@" + at(server));
  ASSERT_TRUE(node.comes_to(is_disconnected));
  EXPECT_NE(node.heard().reason.find("Authorization"), std::string::npos) << node.heard().reason;
  EXPECT_EQ(node.heard().reason.find("hunter2"), std::string::npos);
}

TEST(NatsLink, GoesOnToTheNextServer) {
  PrivateServer first(PrivateServer::nats());
  PrivateServer second(PrivateServer::nats());
  BackplaneNode node("nats://" + at(first) + "," + at(second));
  ASSERT_TRUE(node.comes_to(is_connected));
  first.kill();
  node.subscribe("orbit.a");
  ASSERT_TRUE(node.comes_to([](const Heard& heard) { return !heard.subscribed.empty(); }));
  node.publish("orbit.a", "heard");
  EXPECT_TRUE(node.comes_to([](const Heard& heard) { return heard.messages.size() == 1; }));
}

TEST(NatsLink, GivesUpAServerThatTakesSmallerMessagesOnly) {
  const std::string file = testing::TempDir() + "nats-" + std::to_string(::getpid()) + ".conf";
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  constexpr std::string_view text = "max_payload: 4096\n";
  ASSERT_EQ(::write(descriptor, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  ::close(descriptor);
  const PrivateServer server(PrivateServer::nats({"-c", file}));
  BackplaneNode node("nats://" + at(server));
  ASSERT_TRUE(node.comes_to(is_disconnected));
  EXPECT_NE(node.heard().reason.find("max_payload is 4096"), std::string::npos) << node.heard().reason;
  ::unlink(file.c_str());
}

}  // namespace
}  // namespace orbit::cluster
