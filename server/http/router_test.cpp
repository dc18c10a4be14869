#include "http/router.hpp"

#include <gtest/gtest.h>

namespace orbit::http {
namespace {

using Names = std::vector<std::string>;

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    for (const auto& [method, pattern] : {std::pair{"GET", "/v1/teams"},
                                          {"GET", "/v1/teams/newest"},
                                          {"GET", "/v1/teams/{id}"},
                                          {"DELETE", "/v1/teams/{id}"},
                                          {"PUT", "/v1/teams/{id}/members/{memberId}"}}) {
      router.add(method, pattern, [name = std::string(method) + " " + pattern](const Request&, const PathParameters&) {
        return Response{200, {}, name};
      });
    }
  }

  /// The route that answers; empty where none does.
  std::string answer(std::string_view method, std::string_view path) {
    const auto match = router.match(method, path);
    return match.handler == nullptr ? "" : (*match.handler)({}, match.parameters).body;
  }

  Router router;
};

TEST_F(RouterTest, FindsTheRouteOfMethodAndPath) {
  EXPECT_EQ(answer("GET", "/v1/teams"), "GET /v1/teams");
  EXPECT_EQ(answer("GET", "/v1/teams/7"), "GET /v1/teams/{id}");
  EXPECT_EQ(answer("DELETE", "/v1/teams/7"), "DELETE /v1/teams/{id}");
  EXPECT_EQ(router.match("DELETE", "/v1/teams/7").pattern, "/v1/teams/{id}");
}

TEST_F(RouterTest, PrefersTheRouteThatWasAddedFirst) {
  EXPECT_EQ(answer("GET", "/v1/teams/newest"), "GET /v1/teams/newest");
  EXPECT_TRUE(router.match("GET", "/v1/teams/newest").parameters["id"].empty());
}

TEST_F(RouterTest, AnswersHeadAsGet) {
  EXPECT_EQ(answer("HEAD", "/v1/teams/7"), "GET /v1/teams/{id}");
  EXPECT_EQ(answer("HEAD", "/v1/teams/7/members/8"), "");
}

TEST_F(RouterTest, NamesWhatTheParametersStoodFor) {
  const auto match = router.match("PUT", "/v1/teams/7/members/a b");
  EXPECT_EQ(match.parameters["id"], "7");
  EXPECT_EQ(match.parameters["memberId"], "a b");
  EXPECT_EQ(match.parameters["slug"], "");
}

TEST_F(RouterTest, TellsAMissingRouteFromAMissingMethod) {
  const auto other_method = router.match("POST", "/v1/teams/7");
  EXPECT_EQ(other_method.handler, nullptr);
  EXPECT_EQ(other_method.allowed, (Names{"GET", "DELETE"}));
  const auto nowhere = router.match("GET", "/v1/nowhere");
  EXPECT_EQ(nowhere.handler, nullptr);
  EXPECT_TRUE(nowhere.allowed.empty());
}

TEST_F(RouterTest, ListsEachMethodOnce) {
  EXPECT_EQ(router.match("POST", "/v1/teams/newest").allowed, (Names{"GET", "DELETE"}));
}

TEST_F(RouterTest, TakesNoPathThatMerelyResemblesARoute) {
  for (const char* path :
       {"/v1/teams/", "/v1/teams//", "//v1/teams", "/v1//teams", "/v1/team", "/v1/teamss", "/V1/teams", "/v1", "/", "",
        "/v1/teams/7/", "/v1/teams/7/members/", "/v1/teams/7/members"}) {
    EXPECT_EQ(answer("GET", path), "") << path;
    EXPECT_EQ(answer("PUT", path), "") << path;
  }
}

}  // namespace
}  // namespace orbit::http
