#include "http/problem.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace orbit::http {
namespace {

using kernel::Error;
using kernel::ErrorKind;

boost::json::object body_of(const Response& response) { return boost::json::parse(response.body).as_object(); }

std::string header(const Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

struct KindAndStatus {
  ErrorKind kind;
  const char* code;
  int status;
  const char* title;
};

class ProblemStatus : public testing::TestWithParam<KindAndStatus> {};

TEST_P(ProblemStatus, FollowsFromTheKindOfTheError) {
  const auto& expected = GetParam();
  const Response response = problem(Error{expected.kind, expected.code, "Why."});
  EXPECT_EQ(response.status, expected.status);
  const auto body = body_of(response);
  EXPECT_EQ(body.at("status").as_int64(), expected.status);
  EXPECT_EQ(body.at("title").as_string(), expected.title);
  EXPECT_EQ(body.at("code").as_string(), expected.code);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ProblemStatus,
    testing::Values(KindAndStatus{ErrorKind::invalid, "validation", 422, "Unprocessable Content"},
                    KindAndStatus{ErrorKind::invalid, "json.malformed", 400, "Bad Request"},
                    KindAndStatus{ErrorKind::invalid, "stripe.bad_payload", 400, "Bad Request"},
                    KindAndStatus{ErrorKind::unauthenticated, "session.required", 401, "Unauthorized"},
                    KindAndStatus{ErrorKind::forbidden, "permission.required", 403, "Forbidden"},
                    KindAndStatus{ErrorKind::not_found, "not_found", 404, "Not Found"},
                    KindAndStatus{ErrorKind::conflict, "role.in_use", 409, "Conflict"},
                    KindAndStatus{ErrorKind::gone, "invite.expired", 410, "Gone"},
                    KindAndStatus{ErrorKind::too_many, "session.too_many_attempts", 429, "Too Many Requests"},
                    KindAndStatus{ErrorKind::unavailable, "database.busy", 503, "Service Unavailable"},
                    KindAndStatus{ErrorKind::unavailable, "database.full", 507, "Insufficient Storage"},
                    KindAndStatus{ErrorKind::internal, "internal", 500, "Internal Server Error"}));

TEST(Problem, IsNeverCachedAndSaysThatItIsAProblem) {
  const Response response = problem(404, "not_found", "Nothing here.");
  EXPECT_EQ(header(response, "Content-Type"), "application/problem+json");
  EXPECT_EQ(header(response, "Cache-Control"), "no-store");
  const auto body = body_of(response);
  EXPECT_EQ(body.at("type").as_string(), "about:blank");
  EXPECT_EQ(body.at("title").as_string(), "Not Found");
  EXPECT_EQ(body.at("status").as_int64(), 404);
  EXPECT_EQ(body.at("detail").as_string(), "Nothing here.");
}

TEST(Problem, ListsTheFieldsThatAreWrong) {
  Error error{ErrorKind::invalid, "validation", "Some fields are wrong."};
  EXPECT_FALSE(body_of(problem(error)).contains("errors"));
  error.fields = {{"name", "too_long", "Too long."}, {"permissions/1", "unknown", "No such permission."}};
  EXPECT_EQ(body_of(problem(error)).at("errors"),
            boost::json::parse(R"([{"field":"name","code":"too_long","message":"Too long."},
                                   {"field":"permissions/1","code":"unknown","message":"No such permission."}])"));
}

TEST(Problem, SaysWhenToTryAgain) {
  Error error{ErrorKind::too_many, "session.too_many_attempts", "Too many attempts."};
  EXPECT_EQ(header(problem(error), "Retry-After"), "");
  error.retry_after = std::chrono::seconds(30);
  EXPECT_EQ(header(problem(error), "Retry-After"), "30");
}

TEST(Problem, EscapesWhatItQuotes) {
  const auto response = problem(400, "x", "a \"quoted\"\nline");
  EXPECT_EQ(body_of(response).at("detail").as_string(), "a \"quoted\"\nline");
}

TEST(Problem, NamesItsRequestOnce) {
  Response unnamed = problem(404, "not_found", "Nothing here.");
  EXPECT_FALSE(body_of(unnamed).contains("requestId"));
  name_request(unnamed, "17");
  EXPECT_EQ(body_of(unnamed).at("requestId").as_string(), "17");
  EXPECT_EQ(body_of(unnamed).at("code").as_string(), "not_found");

  Response named = problem(404, "not_found", "Nothing here.", "16");
  name_request(named, "17");
  EXPECT_EQ(body_of(named).at("requestId").as_string(), "16");
}

TEST(Problem, LeavesOtherResponsesAsTheyAre) {
  Response json = json_response(200, R"({"a":1})"), empty = no_content();
  name_request(json, "17");
  name_request(empty, "17");
  EXPECT_EQ(json.body, R"({"a":1})");
  EXPECT_EQ(empty.body, "");
}

}  // namespace
}  // namespace orbit::http
