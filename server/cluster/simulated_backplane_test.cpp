#include "cluster/testing/simulated_backplane.hpp"

#include <gmock/gmock.h>

namespace orbit::cluster {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

struct Heard final : BackplaneListener {
  void received(std::string_view subject, std::string_view message) override {
    all.push_back(std::string(subject) + "=" + std::string(message));
  }
  void subscribed(std::string_view subject) override { all.push_back("subscribed " + std::string(subject)); }
  void connected() override { all.emplace_back("connected"); }
  void disconnected(std::string_view) override { all.emplace_back("disconnected"); }
  void messages_lost() override { all.emplace_back("lost"); }

  std::vector<std::string> take() { return std::exchange(all, {}); }

  std::vector<std::string> all;
};

class SimulatedBackplaneTest : public testing::Test {
 protected:
  SimulatedBackplaneTest() {
    a.start(heard_by_a);
    b.start(heard_by_b);
    b.subscribe("s");
    scheduler.run_posted();
    heard_by_a.take();
    heard_by_b.take();
  }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  Heard heard_by_a;
  Heard heard_by_b;
  SimulatedNetwork network;
  SimulatedBackplane a{network, scheduler};
  SimulatedBackplane b{network, scheduler};
};

TEST_F(SimulatedBackplaneTest, DeliversInOrderToThoseSubscribedAndToTheSenderItself) {
  a.subscribe("s");
  scheduler.run_posted();
  a.publish("s", "1");
  a.publish("other", "2");
  b.publish("s", "3");
  EXPECT_THAT(heard_by_b.all, IsEmpty());
  scheduler.run_posted();
  EXPECT_THAT(heard_by_a.all, ElementsAre("subscribed s", "s=1", "s=3"));
  EXPECT_THAT(heard_by_b.all, ElementsAre("s=1", "s=3"));
}

TEST_F(SimulatedBackplaneTest, ANodeThatIsCutOffHearsNothingAndIsSubscribedAnewWhenItHeals) {
  a.publish("s", "under way");
  b.cut();
  a.publish("s", "meanwhile");
  scheduler.run_posted();
  EXPECT_THAT(heard_by_b.take(), ElementsAre("disconnected"));
  b.heal();
  scheduler.run_posted();
  a.publish("s", "after");
  scheduler.run_posted();
  EXPECT_THAT(heard_by_b.all, ElementsAre("connected", "subscribed s", "s=after"));
}

TEST_F(SimulatedBackplaneTest, OneThatStartsOutOfReachIsToldSo) {
  SimulatedBackplane c{network, scheduler};
  Heard heard;
  c.cut();
  c.start(heard);
  scheduler.run_posted();
  EXPECT_THAT(heard.take(), ElementsAre("disconnected"));
  c.heal();
  scheduler.run_posted();
  EXPECT_THAT(heard.take(), ElementsAre("connected"));
}

TEST_F(SimulatedBackplaneTest, DelaysWithoutReordering) {
  network.set_delay(50ms);
  a.publish("s", "1");
  network.set_delay(10ms);
  a.publish("s", "2");
  scheduler.advance(49ms);
  EXPECT_THAT(heard_by_b.take(), ElementsAre("s=1"));
  scheduler.advance(1ms);
  EXPECT_THAT(heard_by_b.take(), ElementsAre("s=2"));
}

TEST_F(SimulatedBackplaneTest, LosesWhatItIsToldTo) {
  network.drop_next();
  a.publish("s", "1");
  a.publish("s", "2");
  network.drop_each(2);
  a.publish("s", "3");
  a.publish("s", "4");
  network.drop_each(0);
  network.drop_if([](const auto& delivery) { return delivery.message == "5"; });
  a.publish("s", "5");
  a.publish("s", "6");
  scheduler.run_posted();
  EXPECT_THAT(heard_by_b.take(), ElementsAre("s=2", "s=3", "s=6"));
  a.publish("s", "7");
  b.lose_messages();
  a.publish("s", "8");
  scheduler.run_posted();
  EXPECT_THAT(heard_by_b.take(), ElementsAre("lost", "s=8"));
}

TEST_F(SimulatedBackplaneTest, RefusesWhatTheContractForbids) {
  network.set_max_message(2);
  EXPECT_THROW(a.publish("s", "123"), std::logic_error);
  EXPECT_THROW(a.publish("S *", "1"), std::logic_error);
  EXPECT_THROW(a.publish("s", std::string_view("\0", 1)), std::logic_error);
}

}  // namespace
}  // namespace orbit::cluster
