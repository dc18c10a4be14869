#include "billing/stripe_webhook.hpp"

#include <gtest/gtest.h>

#include <array>

namespace orbit::billing {
namespace {

using std::chrono::seconds;

// HMAC-SHA256 of "1700000000.{}" under "whsec_test", computed with another implementation.
constexpr const char* body = "{}";
constexpr const char* secret = "whsec_test";
constexpr const char* digest = "35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91";
const kernel::Timestamp signed_at{seconds{1'700'000'000}};

std::string header(const std::string& v1) { return "t=1700000000,v1=" + v1; }

TEST(StripeSignature, TakesARightOneWithinFiveMinutesEitherWay) {
  for (const auto offset : {seconds{0}, seconds{300}, seconds{-300}}) {
    EXPECT_TRUE(verify_signature(header(digest), body, secret, signed_at + offset).has_value()) << offset.count();
  }
  for (const auto offset : {seconds{301}, seconds{-301}}) {
    EXPECT_FALSE(verify_signature(header(digest), body, secret, signed_at + offset).has_value()) << offset.count();
  }
}

TEST(StripeSignature, TakesAnyOfSeveral) {
  const std::string rolled = "t=1700000000,v1=" + std::string(64, '0') + ",v0=ignored,v1=" + digest;
  EXPECT_TRUE(verify_signature(rolled, body, secret, signed_at).has_value());
}

TEST(StripeSignature, RefusesAllElse) {
  for (const std::string& bad :
       {std::string(), std::string("t=1700000000"), std::string("v1=") + digest, std::string("t=x,v1=") + digest,
        std::string("t=-9223372036854775807,v1=") + digest, header(std::string(64, '0')), header(""),
        header(std::string(digest).substr(1)), std::string(",,,=,t=")}) {
    EXPECT_EQ(verify_signature(bad, body, secret, signed_at).error().code, "stripe.bad_signature") << bad;
  }
  EXPECT_FALSE(verify_signature(header(digest), "{ }", secret, signed_at).has_value());
  EXPECT_FALSE(verify_signature(header(digest), body, "another", signed_at).has_value());
  EXPECT_FALSE(verify_signature(header(digest), body, "", signed_at).has_value());
}

std::string event(const std::string& changed_from = "", const std::string& changed_to = "") {
  std::string text =
      R"({"id":"evt_1","type":"customer.subscription.updated","created":1700000000,"data":{"object":{"id":"sub_1",)"
      R"("status":"active","cancel_at_period_end":true,"current_period_end":1700086400,"metadata":{"plan":"team"},)"
      R"("items":{"data":[{"quantity":7}]}}}})";
  if (const auto at = text.find(changed_from); !changed_from.empty() && at != std::string::npos) {
    text.replace(at, changed_from.size(), changed_to);
  }
  return text;
}

TEST(StripeEvent, ReadsTheTerms) {
  const auto parsed = parse_stripe_event(event());
  ASSERT_TRUE(parsed && *parsed);
  const auto& terms = (*parsed)->report.terms;
  EXPECT_EQ(terms.plan, catalog::Plan::team);
  EXPECT_EQ(terms.seats, 7);
  EXPECT_TRUE(terms.cancel_at_period_end);
  EXPECT_EQ(terms.current_period_end, kernel::Timestamp{seconds{1'700'086'400}});
}

TEST(StripeEvent, ADeletedSubscriptionFallsBackToTheFreePlan) {
  const auto parsed = parse_stripe_event(event("subscription.updated", "subscription.deleted"));
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_EQ((*parsed)->report.terms.plan, catalog::Plan::free);
  EXPECT_EQ((*parsed)->report.terms.status, catalog::SubscriptionStatus::canceled);
}

TEST(StripeEvent, OtherKindsAreNobodysBusiness) {
  const auto parsed = parse_stripe_event(R"({"id":"evt_1","type":"invoice.paid"})");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_FALSE(parsed->has_value());
}

TEST(StripeEvent, NamesTheFieldThatIsWrong) {
  const std::vector<std::array<std::string, 3>> table{
      {R"("id":"evt_1")", R"("id":1)", "id"},
      {R"("created":1700000000)", R"("created":"now")", "created"},
      {R"("created":1700000000)", R"("created":-1)", "created"},
      {R"("id":"sub_1",)", "", "data/object/id"},
      {R"("status":"active")", R"("status":"great")", "data/object/status"},
      {R"({"plan":"team"})", R"({"plan":"gold"})", "data/object/metadata/plan"},
      {R"("quantity":7)", R"("quantity":0)", "data/object/items/data/0/quantity"},
      {"1700086400", "99999999999999", "data/object/current_period_end"}};
  for (const auto& [from, to, field] : table) {
    const auto parsed = parse_stripe_event(event(from, to));
    ASSERT_FALSE(parsed.has_value()) << to;
    EXPECT_EQ(parsed.error().code, "stripe.bad_payload");
    EXPECT_EQ(parsed.error().fields.at(0).field, field);
  }
  EXPECT_FALSE(parse_stripe_event("not json").has_value());
}

TEST(Subscription, IgnoresWhatStripeSaidBeforeSomethingNewer) {
  kernel::ManualClock clock;
  auto subscription = Subscription::start(kernel::WorkspaceId::create(clock), clock);
  auto report = (*parse_stripe_event(event()))->report;
  EXPECT_TRUE(subscription.apply(report, clock.now()));
  report.terms.seats = 3;
  report.told_at -= seconds{1};
  EXPECT_FALSE(subscription.apply(report, clock.now()));
  EXPECT_EQ(subscription.state().seats, 7);
  report.told_at += seconds{2};
  EXPECT_TRUE(subscription.apply(report, clock.now()));
  EXPECT_EQ(subscription.state().seats, 3);
}

}  // namespace
}  // namespace orbit::billing
