#include "http/body_reader.hpp"

#include <gtest/gtest.h>

#include "kernel/testing/outcome.hpp"

namespace orbit::http {
namespace {

using kernel::TeamId;

constexpr const char* an_id = "team_01900000-0000-7000-8000-000000000001";

const std::optional<std::optional<std::string>> null(std::in_place);

/// What finish() says, in few words: "ok", or the kind and what is wrong with which field.
std::string outcome(BodyReader& body) {
  const auto error = body.finish();
  return kernel::outcome(error ? kernel::Result<>(std::unexpected(*error)) : kernel::Result<>());
}

struct Body : BodyReader {
  explicit Body(std::string text) : BodyReader(Request{.body = std::move(text)}) {}
};

TEST(BodyReader, ReadsTheFieldsItIsAskedFor) {
  Body body(R"({"name":"Acme","seats":3,"tags":["a","b"],"note":null,"team":")" + std::string(an_id) + R"("})");
  EXPECT_EQ(body.string("name", 10), "Acme");
  EXPECT_EQ(body.integer("seats", 1, 5), 3);
  EXPECT_EQ(body.optional_strings("tags", 2), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(body.nullable_string("note", 10), null);
  EXPECT_EQ(body.id<TeamId>("team"), TeamId::parse(an_id));
  EXPECT_EQ(outcome(body), "ok");
}

TEST(BodyReader, TellsApartWhatIsAbsentNullAndGiven) {
  Body body(R"({"null":null,"given":"x","empty":""})");
  EXPECT_EQ(body.nullable_string("absent", 10), std::nullopt);
  EXPECT_EQ(body.nullable_string("null", 10), null);
  EXPECT_EQ(body.nullable_string("given", 10), std::optional(std::optional<std::string>("x")));
  EXPECT_EQ(body.optional_string("empty", 10), "");
  EXPECT_EQ(body.optional_strings("absent", 1), std::nullopt);
  EXPECT_EQ(body.optional_id<TeamId>("absent"), std::nullopt);
  EXPECT_TRUE(body.has("null"));
  EXPECT_FALSE(body.has("absent"));
  EXPECT_EQ(outcome(body), "ok");
}

TEST(BodyReader, SaysWhereABodyIsNoStrictJson) {
  const auto refusal = [](std::string text) {
    const auto error = Body(std::move(text)).finish();
    return error ? error->code + " " + (error->fields.empty() ? "" : error->fields.front().field) : "ok";
  };
  EXPECT_EQ(refusal(R"({"name":"a","name":"b"})"), "json.duplicate_key name");
  EXPECT_EQ(refusal(R"({"tags":["a","\ud800"]})"), "json.malformed tags/0");
  EXPECT_EQ(refusal(R"({"seats":1e999})"), "json.number_out_of_range seats");
  EXPECT_EQ(refusal(R"({"a":)" + std::string(20, '[')), "json.too_deep a/0/0/0/0/0/0/0/0/0/0/0/0/0/0");
  EXPECT_EQ(refusal("[]"), "json.not_an_object ");
}

TEST(BodyReader, CollectsAllThatIsWrongInOrder) {
  Body body(R"({"name":7,"seats":"3","tags":"a"})");
  EXPECT_EQ(body.string("name", 10), "");
  EXPECT_EQ(body.string("slug", 10), "");
  EXPECT_EQ(body.integer("seats", 1, 5), 1);
  EXPECT_EQ(body.optional_strings("tags", 2), std::nullopt);
  body.fail("plan", "unknown_plan", "There is no such plan.");
  EXPECT_EQ(outcome(body),
            "invalid name not_a_string slug required seats not_an_integer tags not_an_array plan unknown_plan");
}

TEST(BodyReader, WantsRequiredStringsToHoldSomething) {
  Body body(R"({"empty":"","null":null})");
  EXPECT_EQ(body.string("empty", 10), "");
  EXPECT_EQ(body.string("null", 10), "");
  EXPECT_EQ(outcome(body), "invalid empty required null not_a_string");
}

TEST(BodyReader, CountsTheLengthOfStringsInBytes) {
  Body body(R"({"fits":"€€","long":"€€.","optional":"€€.","nullable":"€€."})");
  EXPECT_EQ(body.string("fits", 6), "€€");
  EXPECT_EQ(body.string("long", 6), "");
  EXPECT_EQ(body.optional_string("optional", 6), std::nullopt);
  EXPECT_EQ(body.nullable_string("nullable", 6), std::nullopt);
  EXPECT_EQ(outcome(body), "invalid long too_long optional too_long nullable too_long");
}

TEST(BodyReader, HoldsIntegersToTheirRange) {
  Body body(R"({"least":1,"most":5,"below":0,"above":6,"huge":18446744073709551615,"fraction":1.5,"whole":2.0})");
  EXPECT_EQ(body.integer("least", 1, 5), 1);
  EXPECT_EQ(body.integer("most", 1, 5), 5);
  for (const char* wrong : {"below", "above", "huge", "fraction", "whole"}) {
    EXPECT_EQ(body.integer(wrong, 1, 5), 1) << wrong;
  }
  EXPECT_EQ(outcome(body),
            "invalid below out_of_range above out_of_range huge not_an_integer fraction not_an_integer whole "
            "not_an_integer");
}

TEST(BodyReader, NamesTheItemsOfAListThatAreWrong) {
  Body body(R"({"tags":["a",7,"b",")" + std::string(257, 'x') + R"("],"many":["a","b","c"]})");
  EXPECT_EQ(body.optional_strings("tags", 4), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(body.optional_strings("many", 2), std::nullopt);
  EXPECT_EQ(outcome(body), "invalid tags/1 not_a_string tags/3 too_long many too_many");
}

TEST(BodyReader, SaysOneThingOnlyAboutAnIdThatIsWrong) {
  Body body(R"({"text":"acme","empty":"","number":7,"long":")" + std::string(65, 'a') + R"(","role":")" +
            kernel::RoleId().str() + R"(","optional":""})");
  for (const char* wrong : {"text", "empty", "number", "long", "role", "absent"}) {
    EXPECT_EQ(body.id<TeamId>(wrong), TeamId{}) << wrong;
  }
  EXPECT_EQ(body.optional_id<TeamId>("optional"), TeamId{});
  EXPECT_EQ(outcome(body),
            "invalid text not_an_id empty required number not_a_string long too_long role not_an_id absent "
            "required optional not_an_id");
}

TEST(BodyReader, RefusesFieldsThatNobodyAskedFor) {
  Body body(R"({"name":"Acme","admin":true,"Name":"Acme"})");
  EXPECT_EQ(body.string("name", 10), "Acme");
  EXPECT_EQ(outcome(body), "invalid admin unknown_field Name unknown_field");
}

TEST(BodyReader, SaysOfABodyThatIsNoObjectNothingElse) {
  for (const char* text : {"[]", "7", "null", "\"name\""}) {
    Body body(text);
    EXPECT_EQ(body.string("name", 10), "");
    EXPECT_EQ(outcome(body), "invalid json.not_an_object") << text;
  }
}

TEST(BodyReader, RefusesJsonThatIsMalformedAmbiguousOrTooDeep) {
  const std::string deep = R"({"name":)" + std::string(40, '[') + std::string(40, ']') + "}";
  for (const std::string& text :
       {std::string(), std::string("{"), std::string(R"({"name":"a"} x)"), std::string(R"({"name":"a","name":"b"})"),
        std::string(R"({"name":'a'})"), std::string("{\"name\":\"\xff\"}"), deep}) {
    Body body(text);
    EXPECT_EQ(body.string("name", 10), "");
    EXPECT_EQ(body.integer("seats", 1, 5), 1);
    EXPECT_EQ(body.optional_id<TeamId>("team"), std::nullopt);
    EXPECT_TRUE(outcome(body).starts_with("invalid json.")) << text;
  }
}

}  // namespace
}  // namespace orbit::http
