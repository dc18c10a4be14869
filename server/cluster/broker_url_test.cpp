#include "cluster/broker_url.hpp"

#include <gtest/gtest.h>

namespace orbit::cluster {
namespace {

TEST(BrokerUrl, HasAUserAPasswordHostsAndAPath) {
  const auto url = parse_broker_url("nats://ada:s%40c%2Fret@one:4223,two", 4222);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "nats");
  EXPECT_EQ(url->user, "ada");
  EXPECT_EQ(url->password, "s@c/ret");
  EXPECT_EQ(url->where(), "one:4223, two:4222");
}

TEST(BrokerUrl, MayRepeatSchemeAndUserForEachHost) {
  const auto url = parse_broker_url("nats://a:b@one,nats://a:b@two:1", 4222);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->where(), "one:4222, two:1");
  EXPECT_FALSE(parse_broker_url("nats://a:b@one,nats://a:c@two:1", 4222));
}

TEST(BrokerUrl, MayHaveAnAddressOfIpV6) {
  const auto url = parse_broker_url("redis://[::1]:6380/2", 6379);
  ASSERT_TRUE(url);
  EXPECT_EQ(url->hosts.at(0).name, "::1");
  EXPECT_EQ(url->hosts.at(0).port, 6380);
  EXPECT_EQ(url->path, "2");
  EXPECT_EQ(url->where(), "[::1]:6380");
}

TEST(BrokerUrl, TellsAnEmptyUserFromNoPassword) {
  const auto only_password = parse_broker_url("redis://:secret@host", 6379);
  ASSERT_TRUE(only_password);
  EXPECT_EQ(only_password->user, "");
  EXPECT_TRUE(only_password->has_password);
  const auto token = parse_broker_url("nats://token@host", 4222);
  ASSERT_TRUE(token);
  EXPECT_FALSE(token->has_password);
}

TEST(BrokerUrl, IsRefusedWithoutShowingItsPassword) {
  for (const char* wrong :
       {"", "host:4222", "nats://", "nats://ada:hunter2@", "nats://ada:hunter2@host:99999", "nats://ada:hunter2@host:0",
        "nats://ada:hun ter2@host", "nats://ada:hunter2@host?x=1", "nats://ada:hunter2@a,,b"}) {
    const auto url = parse_broker_url(wrong, 4222);
    ASSERT_FALSE(url) << wrong;
    EXPECT_EQ(url.error().code, "backplane.bad_url");
    EXPECT_EQ(url.error().message.find("ter2"), std::string::npos) << url.error().message;
  }
}

}  // namespace
}  // namespace orbit::cluster
