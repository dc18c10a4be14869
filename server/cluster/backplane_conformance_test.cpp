// What every backplane promises, held against a real broker of each kind.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "cluster/testing/backplane_node.hpp"
#include "cluster/testing/test_broker.hpp"
#include "kernel/utf8_validator.hpp"

namespace orbit::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Heard = BackplaneNode::Heard;
using Messages = std::vector<std::pair<std::string, std::string>>;

auto connected(int times) {
  return [times](const Heard& heard) { return heard.connected >= times; };
}
auto disconnected(int times) {
  return [times](const Heard& heard) { return heard.disconnected >= times; };
}
auto subscribed(std::size_t times) {
  return [times](const Heard& heard) { return heard.subscribed.size() >= times; };
}
auto received(std::size_t count) {
  return [count](const Heard& heard) { return heard.messages.size() >= count; };
}

class BackplaneConformance : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    broker_ = make_test_broker(GetParam());
    if (!broker_) GTEST_SKIP() << "set ORBIT_TEST_POSTGRESQL to the URL of a superuser on a private server";
  }

  // Connected, and subscribed to that.
  std::unique_ptr<BackplaneNode> make_node(const std::vector<std::string>& subjects = {}) {
    auto node = std::make_unique<BackplaneNode>(broker_->url());
    EXPECT_TRUE(node->comes_to(connected(1))) << node->heard().reason;
    for (const std::string& subject : subjects) node->subscribe(subject);
    EXPECT_TRUE(node->comes_to(subscribed(subjects.size())));
    return node;
  }

  std::unique_ptr<TestBroker> broker_;
};

TEST_P(BackplaneConformance, DeliversToOtherNodesAndToTheOneThatPublished) {
  const auto a = make_node({"orbit.a"});
  const auto b = make_node({"orbit.a"});
  a->publish("orbit.a", "hello");
  const Messages expected{{"orbit.a", "hello"}};
  EXPECT_TRUE(a->comes_to(received(1)));
  EXPECT_TRUE(b->comes_to(received(1)));
  EXPECT_EQ(a->heard().messages, expected);
  EXPECT_EQ(b->heard().messages, expected);
}

TEST_P(BackplaneConformance, DeliversWhatANodePublishesInItsOrder) {
  const auto a = make_node();
  const auto b = make_node({"orbit.a"});
  Messages expected;
  for (int i = 0; i < 500; ++i) {
    expected.emplace_back("orbit.a", std::to_string(i));
    a->publish("orbit.a", expected.back().second);
  }
  EXPECT_TRUE(b->comes_to(received(500)));
  EXPECT_EQ(b->heard().messages, expected);
}

TEST_P(BackplaneConformance, DeliversEachOfSeveralEqualMessages) {
  const auto a = make_node();
  const auto b = make_node({"orbit.a"});
  a->run([](Backplane& backplane) {
    for (int i = 0; i < 40; ++i) backplane.publish("orbit.a", "same");
  });
  EXPECT_TRUE(b->comes_to(received(40)));
}

TEST_P(BackplaneConformance, DeliversOnlyWhatIsSubscribed) {
  const auto a = make_node();
  const auto b = make_node({"orbit.wanted"});
  // Enough subjects that some share whatever a broker sorts them by.
  for (int i = 0; i < 300; ++i) a->publish("orbit.other." + std::to_string(i), "unwanted");
  a->publish("orbit.wanted", "last");
  EXPECT_TRUE(b->comes_to(received(1)));
  EXPECT_EQ(b->heard().messages, (Messages{{"orbit.wanted", "last"}}));
}

TEST_P(BackplaneConformance, MissesNothingOnceASubscriptionIsConfirmed) {
  const auto a = make_node();
  const auto b = make_node();
  for (std::size_t i = 0; i < 50; ++i) {
    const std::string subject = "orbit.s" + std::to_string(i);
    b->subscribe(subject);
    ASSERT_TRUE(b->comes_to(subscribed(i + 1)));
    a->publish(subject, "first");
    ASSERT_TRUE(b->comes_to(received(i + 1))) << i;
  }
}

TEST_P(BackplaneConformance, ConfirmsASubscriptionOnceHoweverOftenItIsAskedFor) {
  const auto node = make_node({"orbit.a"});
  node->subscribe("orbit.a");
  node->subscribe("orbit.b");
  EXPECT_TRUE(node->comes_to(subscribed(2)));
  EXPECT_EQ(node->heard().subscribed, (std::vector<std::string>{"orbit.a", "orbit.b"}));
  node->publish("orbit.a", "once");
  node->publish("orbit.b", "end");
  EXPECT_TRUE(node->comes_to(received(2)));
  EXPECT_EQ(node->heard().messages, (Messages{{"orbit.a", "once"}, {"orbit.b", "end"}}));
}

TEST_P(BackplaneConformance, DeliversNothingOnceUnsubscribed) {
  const auto a = make_node();
  const auto b = make_node({"orbit.a", "orbit.b"});
  b->unsubscribe("orbit.a");
  a->publish("orbit.a", "unwanted");
  a->publish("orbit.b", "last");
  EXPECT_TRUE(b->comes_to(received(1)));
  EXPECT_EQ(b->heard().messages, (Messages{{"orbit.b", "last"}}));
}

TEST_P(BackplaneConformance, ConfirmsASubscriptionAnewThatWasGivenUpMeanwhile) {
  const auto node = make_node({"orbit.a"});
  node->run([](Backplane& backplane) {
    for (int i = 0; i < 10; ++i) {
      backplane.unsubscribe("orbit.a");
      backplane.subscribe("orbit.a");
    }
  });
  ASSERT_TRUE(node->comes_to(subscribed(2)));
  node->publish("orbit.a", "heard");
  EXPECT_TRUE(node->comes_to(received(1)));
  EXPECT_EQ(node->heard().subscribed.size(), 2U);
}

TEST_P(BackplaneConformance, ConnectsAgainToABrokerThatWasKilledAndSubscribesToAllAnew) {
  const std::vector<std::string> subjects{"orbit.a", "orbit.b", "orbit.c"};
  const auto a = make_node(subjects);
  const auto b = make_node(subjects);
  broker_->kill();
  for (const auto* node : {&a, &b}) ASSERT_TRUE((*node)->comes_to(disconnected(1)));
  for (int i = 0; i < 100; ++i) a->publish("orbit.a", "lost");
  broker_->restart();
  for (const auto* node : {&a, &b}) {
    ASSERT_TRUE((*node)->comes_to(connected(2)));
    ASSERT_TRUE((*node)->comes_to(subscribed(6)));
  }
  a->publish("orbit.a", "kept");
  EXPECT_TRUE(b->comes_to(received(1)));
  const Heard heard = b->heard();
  EXPECT_EQ(heard.messages, (Messages{{"orbit.a", "kept"}}));
  EXPECT_EQ(heard.disconnected, 1) << "said at each attempt";
  EXPECT_NE(heard.reason, "");
  EXPECT_EQ(std::set<std::string>(heard.subscribed.begin() + 3, heard.subscribed.end()),
            std::set<std::string>(subjects.begin(), subjects.end()));
}

TEST_P(BackplaneConformance, SaysOnceThatABrokerIsOutOfReachFromTheBeginning) {
  broker_->kill();
  BackplaneNode node(broker_->url());
  node.subscribe("orbit.a");
  ASSERT_TRUE(node.comes_to(disconnected(1)));
  EXPECT_FALSE(node.comes_to(disconnected(2), milliseconds(500)));
  broker_->restart();
  ASSERT_TRUE(node.comes_to(connected(1)));
  ASSERT_TRUE(node.comes_to(subscribed(1)));
  node.publish("orbit.a", "heard");
  EXPECT_TRUE(node.comes_to(received(1)));
}

TEST_P(BackplaneConformance, NoticesABrokerThatAnswersNoMore) {
  const auto a = make_node({"orbit.a"});
  broker_->freeze();
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(a->comes_to(disconnected(1), seconds(8)));
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(6));
  for (int i = 0; i < 100; ++i) a->publish("orbit.a", "lost");
  broker_->thaw();
  ASSERT_TRUE(a->comes_to(connected(2)));
  ASSERT_TRUE(a->comes_to(subscribed(2)));
  a->publish("orbit.a", "kept");
  EXPECT_TRUE(a->comes_to(received(1)));
  EXPECT_EQ(a->heard().messages, (Messages{{"orbit.a", "kept"}}));
}

TEST_P(BackplaneConformance, NeverMakesTheRealtimeThreadWaitForABrokerThatTakesNothing) {
  const auto a = make_node();
  broker_->freeze();
  const std::string message(a->max_message(), 'x');
  const auto start = std::chrono::steady_clock::now();
  const std::size_t enough = (64U << 20U) / message.size();
  a->run([&](Backplane& backplane) {
    for (std::size_t i = 0; i < enough; ++i) backplane.publish("orbit.a", message);
  });
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(1));
  EXPECT_TRUE(a->comes_to(disconnected(1)));
  std::int64_t dropped = 0;
  a->metrics().visit([&dropped](const kernel::MetricsRegistry::Entry& entry) {
    if (entry.name == "orbit_backplane_dropped_total") dropped += entry.metric.value();
  });
  EXPECT_GT(dropped, 0);
  broker_->thaw();
}

TEST_P(BackplaneConformance, CarriesAMessageAsLargeAsItMayBeWithEveryKindOfCharacter) {
  const auto a = make_node();
  const std::string subject = "orbit." + std::string(394, 's');
  const auto b = make_node({subject});
  std::string message;
  for (char c = 1; c != 0x7f; ++c) message += c;
  message += "\\{}\"'%$,\u00e9\u4e2d\ufffd\U0001f680\U0010ffff\u0080\u2028";
  ASSERT_TRUE(kernel::is_valid_utf8(message));
  message.resize(b->max_message(), 'x');
  a->publish(subject, message);
  ASSERT_TRUE(b->comes_to(received(1)));
  EXPECT_TRUE(b->heard().messages[0] == std::pair(subject, message));
}

TEST_P(BackplaneConformance, DropsAndCountsAMessageThatIsTooLarge) {
  const auto a = make_node({"orbit.a"});
  a->publish("orbit.a", std::string(a->max_message() + 1, 'x'));
  a->publish("orbit.a", "next");
  ASSERT_TRUE(a->comes_to(received(1)));
  EXPECT_EQ(a->heard().messages, (Messages{{"orbit.a", "next"}}));
  const auto& dropped =
      a->metrics().counter("orbit_backplane_dropped_total", "", {{"backplane", GetParam()}, {"reason", "too_large"}});
  EXPECT_EQ(dropped.value(), 1);
}

TEST_P(BackplaneConformance, HoldsThousandsOfSubscriptions) {
  std::vector<std::string> subjects;
  for (int i = 0; i < 5'000; ++i) subjects.push_back("orbit.many." + std::to_string(i));
  const auto a = make_node();
  const auto b = make_node();
  b->run([&](Backplane& backplane) {
    for (const std::string& subject : subjects) backplane.subscribe(subject);
  });
  ASSERT_TRUE(b->comes_to(subscribed(subjects.size())));
  a->run([&](Backplane& backplane) {
    for (const std::string& subject : subjects) backplane.publish(subject, "hello");
  });
  ASSERT_TRUE(b->comes_to(received(subjects.size()))) << b->heard().messages.size();
  std::set<std::string> heard;
  for (const auto& [subject, message] : b->heard().messages) heard.insert(subject);
  EXPECT_EQ(heard.size(), subjects.size());
}

TEST_P(BackplaneConformance, DeliversABurstWholeAndInOrder) {
  constexpr int count = 20'000;
  const auto a = make_node();
  const auto b = make_node({"orbit.a"});
  for (int i = 0; i < count; i += 100) {
    a->run([i](Backplane& backplane) {
      for (int j = i; j < i + 100; ++j) backplane.publish("orbit.a", std::to_string(j));
    });
  }
  ASSERT_TRUE(b->comes_to(received(count))) << b->heard().messages.size();
  const Heard heard = b->heard();
  for (int i = 0; i < count; ++i) ASSERT_EQ(heard.messages[static_cast<std::size_t>(i)].second, std::to_string(i));
  EXPECT_EQ(heard.lost, 0);
}

TEST_P(BackplaneConformance, MayBeDestroyedInTheMiddleOfABurst) {
  const auto a = make_node();
  for (int round = 0; round < 10; ++round) {
    const auto b = make_node({"orbit.a"});
    for (int i = 0; i < 20; ++i) {
      a->run([](Backplane& backplane) {
        for (int j = 0; j < 100; ++j) backplane.publish("orbit.a", std::string(200, 'x'));
      });
      b->run([](Backplane& backplane) { backplane.publish("orbit.a", "own"); });
    }
    EXPECT_TRUE(b->comes_to(received(1)));
    b->destroy();
    const std::size_t heard = b->heard().messages.size();
    EXPECT_FALSE(b->comes_to(received(heard + 1), milliseconds(20)));
  }
}

INSTANTIATE_TEST_SUITE_P(Brokers, BackplaneConformance, testing::Values("nats", "redis", "postgres"),
                         [](const auto& param_info) { return std::string(param_info.param); });

}  // namespace
}  // namespace orbit::cluster
