#include "billing/stripe_webhook.hpp"

#include <gtest/gtest.h>

#include "billing/testing/stripe_event.hpp"
#include "kernel/testing/outcome.hpp"

namespace orbit::billing {
namespace {

using catalog::Plan;
using catalog::SubscriptionStatus;
using kernel::outcome;
using kernel::Timestamp;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto refused = "unauthenticated stripe.bad_signature";
constexpr std::string_view secret = "whsec_test";
constexpr std::string_view body = R"({"id":"evt_1"})";
constexpr Timestamp signed_at{seconds{1'767'225'600}};
const std::string good = stripe_hmac(secret, "1767225600", body);

std::string verify(const std::string& header, Timestamp now = signed_at, std::string_view text = body) {
  return outcome(verify_signature(header, text, secret, now));
}

TEST(StripeSignature, IsTheHmacThatStripePublishes) {
  // Worked out with: printf '1767225600.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
  EXPECT_EQ(verify("t=1767225600,v1=45b40331de0325606dc5400202ade162460fbe48daf9401adfdcd0d7b4f35470"), "ok");
}

TEST(StripeSignature, MatchesTheWholeBodyAndTheTime) {
  EXPECT_EQ(verify("t=1767225600,v1=" + good), "ok");
  EXPECT_EQ(verify("t=1767225600,v1=" + good, signed_at, R"({"id":"evt_2"})"), refused);
  EXPECT_EQ(verify("t=1767225601,v1=" + good), refused);
  EXPECT_EQ(outcome(verify_signature("t=1767225600,v1=" + good, body, "whsec_other", signed_at)), refused);
}

TEST(StripeSignature, MayBeAnyOfSeveralInAnyOrder) {
  const std::string other(64, '0');
  EXPECT_EQ(verify("t=1767225600,v1=" + other + ",v1=" + good), "ok");
  EXPECT_EQ(verify("t=1767225600,v1=" + good + ",v1=" + other + ",v0=x"), "ok");
  EXPECT_EQ(verify("v1=" + good + ",t=1767225600"), "ok");
  EXPECT_EQ(verify("t=1767225600,v0=" + good), refused);
}

TEST(StripeSignature, HoldsForFiveMinutesEitherWay) {
  const std::string header = "t=1767225600,v1=" + good;
  EXPECT_EQ(verify(header, signed_at + minutes{5}), "ok");
  EXPECT_EQ(verify(header, signed_at + minutes{5} + seconds{1}), refused);
  EXPECT_EQ(verify(header, signed_at - minutes{5}), "ok");
  EXPECT_EQ(verify(header, signed_at - minutes{5} - milliseconds{1}), refused);
}

TEST(StripeSignature, IsRefusedWhenItHasAnotherForm) {
  for (const std::string& header :
       {std::string(), std::string("t=1767225600"), "v1=" + good, "t=,v1=" + good, std::string("t=1767225600,v1="),
        "t=1767225600,v1=" + good.substr(1), "t=1767225600;v1=" + good, "t=1767225600,v1=" + good + "0",
        "t=soon,v1=" + stripe_hmac(secret, "soon", body), std::string(",,,"), std::string("=")}) {
    EXPECT_EQ(verify(header), refused) << header;
  }
}

TEST(StripeSignature, IsRefusedWhenItsTimeIsNone) {
  for (const std::string time : {"-1", "-9223372036854775807", "9223372036854775807", "99999999999999999999",
                                 " 1767225600", "+1767225600", "1767225600.0", "0x6955b900"}) {
    EXPECT_EQ(verify("t=" + time + ",v1=" + stripe_hmac(secret, time, body)), refused) << time;
  }
}

TEST(StripeSignature, IsAlwaysRefusedWithoutASecret) {
  EXPECT_EQ(outcome(verify_signature("t=1767225600,v1=" + stripe_hmac("", "1767225600", body), body, "", signed_at)),
            refused);
}

std::string parse(const std::string& text) {
  const auto parsed = parse_stripe_event(text);
  if (!parsed) return outcome(parsed) + (parsed.error().fields.empty() ? "" : " " + parsed.error().fields[0].field);
  return *parsed ? "event" : "ignored";
}

TEST(StripeEvents, AreReadWhole) {
  StripeEvent event;
  event.workspace = "ws_0198c0de-0000-7000-8000-000000000000";
  const auto parsed = parse_stripe_event(event.body()).value().value();
  EXPECT_EQ(parsed.event_id, "evt_1");
  EXPECT_EQ(parsed.workspace_id->str(), event.workspace);
  EXPECT_EQ(parsed.report.stripe_id, "sub_stripe_1");
  EXPECT_EQ(parsed.report.begun_at, signed_at);
  EXPECT_EQ(parsed.report.terms.plan, Plan::business);
  EXPECT_EQ(parsed.report.terms.status, SubscriptionStatus::active);
  EXPECT_EQ(parsed.report.terms.seats, 12);
  EXPECT_EQ(parsed.report.terms.current_period_end, Timestamp{seconds{1'769'904'000}});
  EXPECT_TRUE(parsed.report.terms.cancel_at_period_end);
}

TEST(StripeEvents, FallBackOnThePricesLookupKey) {
  StripeEvent event;
  event.plan = "unheard of";
  EXPECT_EQ(parse_stripe_event(event.body()).value()->report.terms.plan, Plan::team);
}

TEST(StripeEvents, MeanTheFreePlanWhenASubscriptionIsDeleted) {
  StripeEvent event;
  event.type = "customer.subscription.deleted";
  event.status = "active";
  const auto terms = parse_stripe_event(event.body()).value()->report.terms;
  EXPECT_EQ(terms.plan, Plan::free);
  EXPECT_EQ(terms.status, SubscriptionStatus::canceled);
  EXPECT_FALSE(terms.cancel_at_period_end);
}

TEST(StripeEvents, OfOneSecondGoFromCreationToDeletion) {
  const auto told_at = [](const char* type) {
    StripeEvent event;
    event.type = type;
    return parse_stripe_event(event.body()).value()->report.told_at;
  };
  EXPECT_LT(told_at("customer.subscription.created"), told_at("customer.subscription.updated"));
  EXPECT_LT(told_at("customer.subscription.updated"), told_at("customer.subscription.deleted"));
  EXPECT_LT(told_at("customer.subscription.deleted"), signed_at + seconds{1});
}

TEST(StripeEvents, OfOtherKindsAreIgnored) {
  EXPECT_EQ(parse(R"({"id":"evt_1","type":"invoice.paid","created":1})"), "ignored");
  EXPECT_EQ(parse(R"({"type":"customer.created"})"), "ignored");
}

TEST(StripeEvents, AreRefusedWhenTheyAreNoJson) {
  for (const auto* text : {"", "{", "[]", "null", "nonsense", R"({"type":1})", R"({"type":"a","type":"b"})"}) {
    EXPECT_TRUE(parse(text).starts_with("invalid stripe.bad_payload")) << text;
  }
  EXPECT_TRUE(parse(std::string(10'000, '[')).starts_with("invalid stripe.bad_payload 0/0/0"));
  EXPECT_EQ(parse(R"({"type":"a","data":{"id":1,"id":2}})"), "invalid stripe.bad_payload data/id");
  EXPECT_EQ(parse(R"({"type":"a","data":{"created":1e999}})"), "invalid stripe.bad_payload data/created");
}

TEST(StripeEvents, AreRefusedWithTheFieldThatIsWrong) {
  const std::string whole = StripeEvent{}.body();
  ASSERT_EQ(parse(whole), "event");
  const auto with = [&](std::string_view part, std::string_view other) {
    std::string text = whole;
    text.replace(text.find(part), part.size(), other);
    return parse(text);
  };
  const std::string bad = "invalid stripe.bad_payload ";
  EXPECT_EQ(with(R"("id":"evt_1")", R"("id":7)"), bad + "id");
  EXPECT_EQ(with(R"("id":"evt_1")", R"("id":")" + std::string(256, 'x') + '"'), bad + "id");
  EXPECT_EQ(with("1767225600", "-1"), bad + "created");
  EXPECT_EQ(with("1767225600", "1e300"), bad + "created");
  EXPECT_EQ(with("1767225600", "9223372036854775807"), bad + "created");
  EXPECT_EQ(with(R"("data":{"object")", R"("data":{"subject")"), bad + "data/object");
  EXPECT_EQ(with(R"("id":"sub_stripe_1")", R"("id":"")"), bad + "data/object/id");
  EXPECT_EQ(with(R"("status":"active")", R"("status":"happy")"), bad + "data/object/status");
  EXPECT_EQ(with("1769904000", "9223372036854775807"), bad + "data/object/current_period_end");
  EXPECT_EQ(with(R"("quantity":12)", R"("quantity":0)"), bad + "data/object/items/data/0/quantity");
  EXPECT_EQ(with(R"("quantity":12)", R"("quantity":100001)"), bad + "data/object/items/data/0/quantity");
  EXPECT_EQ(with(R"("lookup_key":"team")", R"("lookup_key":null)"), "event");
  for (const auto* plan : {"", "gold", "Team"}) {
    StripeEvent unheard_of;
    unheard_of.plan = plan;
    std::string text = unheard_of.body();
    text.replace(text.find(R"("lookup_key":"team")"), 19, R"("lookup_key":null)");
    EXPECT_EQ(parse(text), bad + "data/object/metadata/plan") << plan;
  }
}

TEST(StripeEvents, NameNoWorkspaceWhereTheIdIsNone) {
  StripeEvent event;
  event.workspace = "acme";
  EXPECT_FALSE(parse_stripe_event(event.body()).value()->workspace_id);
}

}  // namespace
}  // namespace orbit::billing
