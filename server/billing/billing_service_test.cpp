#include "billing/billing_service.hpp"

#include "billing/testing/memory_billing.hpp"
#include "billing/testing/stripe_event.hpp"
#include "workspaces/testing/acme.hpp"

namespace orbit::billing {
namespace {

using catalog::Plan;
using catalog::SubscriptionStatus;
using kernel::outcome;
using workspaces::Types;

const Types updated{"billing.subscription.updated"};

class BillingServiceTest : public workspaces::AcmeTest {
 protected:
  BillingServiceTest() {
    write([&](kernel::WriteContext& context) {
      context.lock(acme);
      service.workspace_created(context, acme);
    });
    static_cast<void>(take_types());
  }

  std::string deliver(const StripeEvent& event) {
    const std::string time =
        std::to_string(std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count());
    const std::string body = event.body();
    return outcome(service.handle_stripe_webhook("t=" + time + ",v1=" + stripe_hmac("whsec_test", time, body), body));
  }

  StripeEvent event(std::string id, std::string plan, std::int64_t later = 0) const {
    StripeEvent made;
    made.id = std::move(id);
    made.plan = std::move(plan);
    made.workspace = acme.str();
    made.created += later;
    return made;
  }

  Subscription::State now() {
    return read([&](const kernel::ReadContext& context) { return subscriptions.find_by_workspace(context, acme); })
        .value()
        .state();
  }

  MemorySubscriptionRepository subscriptions{unit_of_work};
  MemoryStripeEventRepository stripe_events{unit_of_work};
  BillingService service{unit_of_work, repositories, subscriptions, stripe_events, "whsec_test", clock};
};

TEST_F(BillingServiceTest, StartsASubscriptionWithEachWorkspace) {
  workspaces::WorkspaceService founding(unit_of_work, repositories, service, clock);
  const auto globex = founding.create(stranger, "globex", "Globex").value().id;
  EXPECT_EQ(take_types().back(), "billing.subscription.updated");
  EXPECT_EQ(service.subscription(stranger, "globex")->workspace_id, globex);
}

TEST_F(BillingServiceTest, StartsNoneWhereTheWorkspaceIsNotCommitted) {
  workspaces::WorkspaceService founding(unit_of_work, repositories, service, clock);
  unit_of_work.fail_commits();
  EXPECT_FALSE(founding.create(stranger, "globex", "Globex"));
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(BillingServiceTest, ShowsItToAnyMemberAndToNobodyElse) {
  EXPECT_EQ(service.subscription(alan, "acme")->plan, Plan::free);
  EXPECT_EQ(outcome(service.subscription(stranger, "acme")), "not_found not_found");
  EXPECT_EQ(read([&](const kernel::ReadContext& context) { return service.find(context, acme)->plan; }), Plan::free);
}

TEST_F(BillingServiceTest, ChangesThePlanForWhoeverManagesBilling) {
  const auto changed = service.change_plan(ada, "acme", Plan::team, 20).value();
  EXPECT_EQ(changed.plan, Plan::team);
  EXPECT_EQ(changed.seats, 20);
  EXPECT_EQ(take_types(), updated);
  EXPECT_TRUE(service.change_plan(member_who_may("cashier", {Permission::billing_manage}), "acme", Plan::team, 20));
  EXPECT_EQ(outcome(service.change_plan(grace, "acme", Plan::free, 5)), "forbidden permission.required");
  EXPECT_EQ(outcome(service.change_plan(stranger, "acme", Plan::free, 5)), "not_found not_found");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(BillingServiceTest, Has1To100000Seats) {
  EXPECT_EQ(outcome(service.change_plan(ada, "acme", Plan::team, 0)), "invalid seats out_of_range");
  EXPECT_EQ(outcome(service.change_plan(ada, "acme", Plan::team, 100'001)), "invalid seats out_of_range");
  EXPECT_EQ(outcome(service.change_plan(ada, "acme", Plan::team, 100'000)), "ok");
}

TEST_F(BillingServiceTest, AppliesAWebhook) {
  EXPECT_EQ(deliver(event("evt_1", "business")), "ok");
  EXPECT_EQ(take_types(), updated);
  EXPECT_EQ(now().plan, Plan::business);
  EXPECT_EQ(now().seats, 12);
  EXPECT_EQ(now().stripe_id, "sub_stripe_1");
}

TEST_F(BillingServiceTest, AppliesAWebhookOnce) {
  ASSERT_EQ(deliver(event("evt_1", "business")), "ok");
  ASSERT_TRUE(service.change_plan(ada, "acme", Plan::team, 20));
  static_cast<void>(take_types());
  EXPECT_EQ(deliver(event("evt_1", "business")), "ok");
  EXPECT_EQ(take_types(), Types{});
  EXPECT_EQ(now().plan, Plan::team);
}

TEST_F(BillingServiceTest, ReachesTheSameStateInWhateverOrderWebhooksArrive) {
  auto created = event("evt_1", "team");
  created.type = "customer.subscription.created";
  created.status = "incomplete";
  const auto paid = event("evt_2", "team");
  const auto upgraded = event("evt_3", "business", 60);
  std::vector<std::pair<int, StripeEvent>> order{{0, created}, {1, paid}, {2, upgraded}};
  int round = 0;
  do {
    for (auto [place, arrival] : order) {
      arrival.id += "_" + std::to_string(round);
      arrival.subscription += "_" + std::to_string(round);
      arrival.created += 1000 * round;
      arrival.begun += 1000 * round;
      ASSERT_EQ(deliver(arrival), "ok");
    }
    EXPECT_EQ(now().plan, Plan::business) << "round " << round;
    EXPECT_EQ(now().status, SubscriptionStatus::active) << "round " << round;
    ++round;
  } while (std::ranges::next_permutation(order, {}, &std::pair<int, StripeEvent>::first).found);
  EXPECT_EQ(round, 6);
}

TEST_F(BillingServiceTest, FindsTheWorkspaceByTheStripeIdOnceItKnowsIt) {
  ASSERT_EQ(deliver(event("evt_1", "team")), "ok");
  auto nameless = event("evt_2", "business", 1);
  nameless.workspace.clear();
  EXPECT_EQ(deliver(nameless), "ok");
  EXPECT_EQ(now().plan, Plan::business);
}

TEST_F(BillingServiceTest, RefusesAWebhookOfNoWorkspaceAndTakesItWhenItComesAgain) {
  auto lost = event("evt_1", "team");
  lost.workspace.clear();
  EXPECT_EQ(deliver(lost), "not_found stripe.unknown_workspace");
  ASSERT_EQ(deliver(event("evt_0", "business")), "ok");
  lost.created += 1;
  EXPECT_EQ(deliver(lost), "ok");
  EXPECT_EQ(now().plan, Plan::team);
}

TEST_F(BillingServiceTest, FallsBackToTheFreePlanWhenStripeEndsTheSubscription) {
  ASSERT_EQ(deliver(event("evt_1", "business")), "ok");
  auto deleted = event("evt_2", "business", 60);
  deleted.type = "customer.subscription.deleted";
  EXPECT_EQ(deliver(deleted), "ok");
  EXPECT_EQ(now().plan, Plan::free);
  EXPECT_EQ(now().status, SubscriptionStatus::canceled);
}

TEST_F(BillingServiceTest, IgnoresOtherKindsOfEventsAndRefusesWhatIsNotSigned) {
  auto other = event("evt_1", "business");
  other.type = "invoice.paid";
  EXPECT_EQ(deliver(other), "ok");
  EXPECT_EQ(outcome(service.handle_stripe_webhook("t=1,v1=00", other.body())), "unauthenticated stripe.bad_signature");
  EXPECT_EQ(take_types(), Types{});
  EXPECT_EQ(now().plan, Plan::free);
}

TEST_F(BillingServiceTest, RefusesABadPayloadAndChangesNothing) {
  auto bad = event("evt_1", "business");
  bad.status = "happy";
  EXPECT_EQ(deliver(bad), "invalid stripe.bad_payload");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(BillingServiceTest, RefusesEveryWebhookWithoutASecret) {
  BillingService open(unit_of_work, repositories, subscriptions, stripe_events, "", clock);
  const std::string body = event("evt_1", "business").body();
  EXPECT_EQ(outcome(open.handle_stripe_webhook("t=1767225600,v1=" + stripe_hmac("", "1767225600", body), body)),
            "unauthenticated stripe.bad_signature");
}

TEST_F(BillingServiceTest, NotesNoEventThatWasNotCommitted) {
  StripeEvent lost = event("evt_1", "business");
  lost.workspace = kernel::WorkspaceId::create(clock).str();
  EXPECT_EQ(deliver(lost), "not_found stripe.unknown_workspace");
  EXPECT_EQ(deliver(event("evt_1", "business")), "ok");
  EXPECT_EQ(now().plan, Plan::business);
}

}  // namespace
}  // namespace orbit::billing
