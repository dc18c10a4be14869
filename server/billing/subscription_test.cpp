#include "billing/subscription.hpp"

#include <gtest/gtest.h>

namespace orbit::billing {
namespace {

using catalog::Plan;
using catalog::SubscriptionStatus;
using kernel::Timestamp;
using std::chrono::seconds;

constexpr Timestamp at(int second) { return Timestamp{seconds{1'767'225'600 + second}}; }

class SubscriptionTest : public testing::Test {
 protected:
  bool report(std::string stripe_id, int begun, int told, Plan plan,
              SubscriptionStatus status = SubscriptionStatus::active) {
    return subscription.apply({std::move(stripe_id), at(begun), at(told), {plan, status, 5, std::nullopt, false}},
                              clock.now());
  }

  std::size_t events() { return subscription.take_events().size(); }

  kernel::ManualClock clock;
  kernel::WorkspaceId acme = kernel::WorkspaceId::create(clock);
  Subscription subscription = Subscription::start(acme, clock);
};

TEST_F(SubscriptionTest, StartsOnTheFreePlan) {
  EXPECT_EQ(subscription.state().plan, Plan::free);
  EXPECT_EQ(subscription.state().status, SubscriptionStatus::active);
  EXPECT_EQ(events(), 1U);
}

TEST_F(SubscriptionTest, RecordsAChangeAndNothingWhereThereIsNone) {
  static_cast<void>(events());
  clock.advance(seconds{1});
  const Subscription::Terms terms{Plan::team, SubscriptionStatus::active, 7, std::nullopt, false};
  subscription.change(terms, clock.now());
  EXPECT_EQ(subscription.state().updated_at, clock.now());
  EXPECT_EQ(events(), 1U);
  subscription.change(terms, clock.now());
  EXPECT_EQ(events(), 0U);
}

TEST_F(SubscriptionTest, IgnoresWhatIsOlderThanWhatItKnows) {
  EXPECT_TRUE(report("sub_a", 0, 10, Plan::business));
  EXPECT_FALSE(report("sub_a", 0, 9, Plan::team));
  EXPECT_EQ(subscription.state().plan, Plan::business);
  EXPECT_TRUE(report("sub_a", 0, 10, Plan::team));
  EXPECT_TRUE(report("sub_a", 0, 11, Plan::free));
  EXPECT_FALSE(report("sub_a", 0, 10, Plan::business));
}

TEST_F(SubscriptionTest, StaysEndedWhenAnOlderUpdateArrivesAfterTheEnd) {
  EXPECT_TRUE(report("sub_a", 0, 10, Plan::free, SubscriptionStatus::canceled));
  EXPECT_FALSE(report("sub_a", 0, 5, Plan::business));
  EXPECT_EQ(subscription.state().status, SubscriptionStatus::canceled);
}

TEST_F(SubscriptionTest, GivesWayToALiveOneThatBeganLater) {
  EXPECT_TRUE(report("sub_a", 0, 10, Plan::team));
  EXPECT_TRUE(report("sub_b", 20, 20, Plan::business));
  EXPECT_EQ(subscription.state().stripe_id, "sub_b");
}

TEST_F(SubscriptionTest, DoesNotEndWithTheOneThatGaveWay) {
  ASSERT_TRUE(report("sub_a", 0, 10, Plan::team));
  ASSERT_TRUE(report("sub_b", 20, 20, Plan::business));
  EXPECT_FALSE(report("sub_a", 0, 30, Plan::free, SubscriptionStatus::canceled));
  EXPECT_FALSE(report("sub_a", 0, 31, Plan::team));
  EXPECT_EQ(subscription.state().plan, Plan::business);
}

TEST_F(SubscriptionTest, KeepsALiveOneUntilTheNextIsPaidFor) {
  ASSERT_TRUE(report("sub_a", 0, 10, Plan::team));
  EXPECT_FALSE(report("sub_b", 20, 20, Plan::business, SubscriptionStatus::incomplete));
  EXPECT_EQ(subscription.state().plan, Plan::team);
  EXPECT_TRUE(report("sub_b", 20, 21, Plan::business, SubscriptionStatus::trialing));
}

TEST_F(SubscriptionTest, GivesWayToAnyLiveOneOnceItHasEnded) {
  ASSERT_TRUE(report("sub_a", 0, 30, Plan::free, SubscriptionStatus::canceled));
  EXPECT_TRUE(report("sub_b", 20, 20, Plan::business));
  EXPECT_EQ(subscription.state().plan, Plan::business);
}

TEST_F(SubscriptionTest, ShowsItselfWithoutWhatConcernsStripeOnly) {
  ASSERT_TRUE(report("sub_a", 0, 10, Plan::team));
  const auto dto = to_dto(subscription.state());
  EXPECT_EQ(dto.id, subscription.state().id);
  EXPECT_EQ(dto.workspace_id, acme);
  EXPECT_EQ(dto.plan, Plan::team);
  EXPECT_EQ(dto.seats, 5);
}

}  // namespace
}  // namespace orbit::billing
