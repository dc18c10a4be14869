#include "cluster/switchboard.hpp"

#include <gmock/gmock.h>

#include "cluster/testing/simulated_backplane.hpp"

namespace orbit::cluster {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string subject = "orbit.test";

// One node: what it hears.
struct Exchange final : ConnectionListener {
  Exchange(SimulatedNetwork& network, kernel::ManualScheduler& scheduler, const kernel::Clock& clock)
      : id(kernel::new_uuid(clock)), switchboard(made(network, scheduler), scheduler, id, metrics) {
    switchboard.handle("word", [this](const Message& message) {
      messages.emplace_back(message.text);
      return !message.text.contains("bad");
    });
    switchboard.add_listener(*this);
    switchboard.start();
  }

  std::unique_ptr<Backplane> made(SimulatedNetwork& network, kernel::ManualScheduler& scheduler) {
    auto made = std::make_unique<SimulatedBackplane>(network, scheduler);
    backplane = made.get();
    return made;
  }

  void connected() override { events.emplace_back("connected"); }
  void disconnected() override { events.emplace_back("disconnected"); }
  void messages_lost() override { events.emplace_back("lost"); }
  void subscribed(std::string_view heard_now) override { events.push_back("subscribed " + std::string(heard_now)); }
  void heard(const kernel::Uuid& from) override { senders.push_back(from); }

  std::int64_t ignored(const std::string& reason) {
    return metrics.counter("orbit_cluster_ignored_total", "", {{"reason", reason}}).value();
  }

  kernel::MetricsRegistry metrics;
  kernel::Uuid id;
  SimulatedBackplane* backplane = nullptr;
  Switchboard switchboard;
  std::vector<std::string> messages;
  std::vector<std::string> events;
  std::vector<kernel::Uuid> senders;
};

class SwitchboardTest : public testing::Test {
 protected:
  SwitchboardTest() {
    a.switchboard.subscribe(subject);
    scheduler.run_posted();
    a.events.clear();
  }

  void hear(std::string_view text) {
    b.backplane->publish(subject, text);
    scheduler.run_posted();
  }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  SimulatedNetwork network;
  Exchange a{network, scheduler, clock};
  Exchange b{network, scheduler, clock};
};

TEST_F(SwitchboardTest, PassesAMessageOnByItsKindAndSaysWhoseItIs) {
  EXPECT_TRUE(b.switchboard.publish(subject, "word", R"("text":"hello")"));
  EXPECT_TRUE(b.switchboard.publish(subject, "word", ""));
  scheduler.run_posted();
  const std::string envelope = R"({"v":1,"kind":"word","from":")" + kernel::to_string(b.id) + R"(")";
  EXPECT_THAT(a.messages, ElementsAre(envelope + R"(,"text":"hello"})", envelope + "}"));
  EXPECT_THAT(a.senders, ElementsAre(b.id, b.id));
}

TEST_F(SwitchboardTest, ANodesOwnMessagesDoNotComeBackToIt) {
  a.switchboard.publish(subject, "word", "");
  scheduler.run_posted();
  EXPECT_THAT(a.messages, IsEmpty());
  EXPECT_THAT(a.senders, IsEmpty());
}

TEST_F(SwitchboardTest, IgnoresWhatItCanNotKnowAndCountsIt) {
  b.switchboard.publish(subject, "novelty", R"("x":1)");
  hear(R"({"v":2,"kind":"word","from":{}})");
  hear(R"({"v":10,"anything":true})");
  EXPECT_THAT(a.messages, IsEmpty());
  EXPECT_EQ(a.ignored("kind"), 1);
  EXPECT_EQ(a.ignored("version"), 2);
  EXPECT_EQ(a.ignored("malformed"), 0);
}

TEST_F(SwitchboardTest, IgnoresMalformedMessagesAndCountsThem) {
  const std::string from = kernel::to_string(b.id);
  const std::vector<std::string> malformed{
      "",
      "{}",
      "hello",
      R"({"v":1)",
      R"({"v":1,"kind":"wo)",
      R"({"v":x,"kind":"word"})",
      R"({"v":1, "kind":"word","from":")" + from + R"("})",
      R"({"v":1,"kind":"word","from":"")",
      R"({"v":1,"kind":"word","from":")" + from,
      R"({"v":1,"kind":"word","from":")" + from.substr(1) + R"("})",
      R"({"v":1,"kind":"word"})",
      "\xf0\x28\x8c\x28",
      R"({"v":1,"kind":"word","from":")" + from + "\",\"text\":\"\xff\"}",
  };
  for (const std::string& text : malformed) hear(text);
  EXPECT_THAT(a.messages, IsEmpty());
  EXPECT_EQ(a.ignored("malformed"), static_cast<std::int64_t>(malformed.size()));
}

TEST_F(SwitchboardTest, CountsAsMalformedWhatAHandlerCanNotRead) {
  b.switchboard.publish(subject, "word", R"("bad":1)");
  scheduler.run_posted();
  EXPECT_EQ(a.messages.size(), 1U);
  EXPECT_EQ(a.ignored("malformed"), 1);
}

TEST_F(SwitchboardTest, KeepsASubscriptionUntilItsLastUserIsGone) {
  EXPECT_TRUE(a.switchboard.subscribe(subject)) << "heard already";
  a.switchboard.unsubscribe(subject);
  EXPECT_TRUE(a.switchboard.is_heard(subject));
  EXPECT_THAT(a.backplane->subscriptions(), ElementsAre(subject));
  a.switchboard.unsubscribe(subject);
  EXPECT_FALSE(a.switchboard.is_heard(subject));
  EXPECT_THAT(a.backplane->subscriptions(), IsEmpty());
  EXPECT_FALSE(a.switchboard.subscribe(subject)) << "not yet";
  scheduler.run_posted();
  EXPECT_TRUE(a.switchboard.is_heard(subject));
  EXPECT_THAT(a.events, ElementsAre("subscribed " + subject));
}

TEST_F(SwitchboardTest, TellsAllHowTheConnectionStands) {
  EXPECT_TRUE(a.switchboard.is_connected());
  a.backplane->cut();
  scheduler.run_posted();
  EXPECT_FALSE(a.switchboard.is_connected());
  EXPECT_FALSE(a.switchboard.is_heard(subject));
  a.backplane->heal();
  scheduler.run_posted();
  EXPECT_TRUE(a.switchboard.is_heard(subject));
  EXPECT_TRUE(a.switchboard.is_connected());
  a.backplane->lose_messages();
  scheduler.run_posted();
  EXPECT_THAT(a.events, ElementsAre("disconnected", "connected", "subscribed " + subject, "lost"));
}

TEST_F(SwitchboardTest, SendsWhatFitsAndNothingMore) {
  network.set_max_message(200);
  const std::size_t room = b.switchboard.max_fields("word");
  const std::string filler = R"("text":")" + std::string(room - 9, 'x') + R"(")";
  ASSERT_EQ(filler.size(), room);
  EXPECT_TRUE(b.switchboard.publish(subject, "word", filler));
  EXPECT_FALSE(b.switchboard.publish(subject, "word", filler + " "));
  scheduler.run_posted();
  ASSERT_EQ(a.messages.size(), 1U);
  EXPECT_EQ(a.messages.front().size(), 200U);
  EXPECT_EQ(b.metrics.counter("orbit_cluster_too_big_total", "").value(), 1);
}

TEST_F(SwitchboardTest, WarnsOfManyMalformedMessagesWithoutATimerForEach) {
  for (int i = 0; i < 1'000; ++i) hear("x");
  EXPECT_EQ(scheduler.pending_timers(), 1U);
}

}  // namespace
}  // namespace orbit::cluster
