#include "http/message.hpp"

#include <gtest/gtest.h>

namespace orbit::http {
namespace {

Request with(Headers headers) { return {.headers = std::move(headers)}; }

Request with_query(std::string query) { return {.query = std::move(query)}; }

TEST(Message, FindsHeadersWhateverTheirCase) {
  const Request request = with({{"content-TYPE", "text/plain"}, {"X-Two", "a"}, {"x-two", "b"}});
  EXPECT_EQ(request.header("Content-Type"), "text/plain");
  EXPECT_EQ(request.header("X-TWO"), "a");
  EXPECT_EQ(request.header_values("x-Two"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(request.header("Content-Typ"), std::nullopt);
  EXPECT_EQ(request.header("Content-Type2"), std::nullopt);
  EXPECT_TRUE(request.header_values("Cookie").empty());
}

TEST(Message, FindsACookieByItsWholeName) {
  const Request request = with({{"Cookie", "xorbit_session=1; orbit_session2=2;orbit_session=3; b=; orbit_session=4"}});
  EXPECT_EQ(request.cookie("orbit_session"), "3");
  EXPECT_EQ(request.cookie("b"), "");
  EXPECT_EQ(request.cookie("session"), std::nullopt);
  EXPECT_EQ(request.cookie("Orbit_Session"), std::nullopt);
}

TEST(Message, ReadsCookiesThatHoldAnEqualsSignOrComeInSeveralHeaders) {
  const Request request = with({{"Cookie", "a=b=c=="}, {"cookie", ";; ;  d=e"}});
  EXPECT_EQ(request.cookie("a"), "b=c==");
  EXPECT_EQ(request.cookie("d"), "e");
}

TEST(Message, HasNoCookieWhereTheHeaderIsJunk) {
  for (const char* junk : {"", ";", "=", "a", "a;", " ", "=a", ";=;"}) {
    EXPECT_EQ(with({{"Cookie", junk}}).cookie("a"), std::nullopt) << junk;
  }
}

TEST(Message, DecodesQueryParameters) {
  const Request request = with_query("workspace=ac%6De&after=&flag&workspace=second&bad=%zz&");
  EXPECT_EQ(request.parameter("workspace"), "acme");
  EXPECT_EQ(request.parameter("after"), "");
  EXPECT_EQ(request.parameter("flag"), "");
  EXPECT_EQ(request.parameter("bad"), std::nullopt);
  EXPECT_EQ(request.parameter("work"), std::nullopt);
  EXPECT_EQ(with_query("").parameter("a"), std::nullopt);
}

TEST(Message, DecodesEscapesOfEitherCase) {
  EXPECT_EQ(percent_decoded("/a%20b%2fc%2F"), "/a b/c/");
  EXPECT_EQ(percent_decoded("%E2%82%ac"), "€");
  EXPECT_EQ(percent_decoded("%2541"), "%41");
  EXPECT_EQ(percent_decoded("a+b"), "a+b");
  EXPECT_EQ(percent_decoded(""), "");
}

TEST(Message, DecodesNothingMalformed) {
  for (const char* text :
       {"%", "%4", "a%", "%4g", "%g4", "%%41", "% 41", "%00", "a%00b", "%ff", "%C0%AF", "%ED%A0%80"}) {
    EXPECT_EQ(percent_decoded(text), std::nullopt) << text;
  }
}

TEST(Message, ComparesEntityTagsWeakly) {
  const auto names = [](const char* header) { return with({{"If-None-Match", header}}).has_etag("\"12.a\""); };
  EXPECT_TRUE(names("\"12.a\""));
  EXPECT_TRUE(names("W/\"12.a\""));
  EXPECT_TRUE(names("\"11\", W/\"12.a\",\"13\""));
  EXPECT_TRUE(names("*"));
  EXPECT_FALSE(names("\"12\""));
  EXPECT_FALSE(names("\"112.a\""));
  EXPECT_FALSE(names("12.a"));
  EXPECT_FALSE(names(""));
  EXPECT_FALSE(Request{}.has_etag("\"12.a\""));
}

TEST(Message, TellsBrowsersToKeepAnAnswerToItself) {
  const auto values_of = [](const Response& response, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& [key, value] : response.headers) {
      if (same_header_name(key, name)) values.push_back(value);
    }
    return values;
  };
  using Values = std::vector<std::string>;
  Response answer = json_response(200, "{}");
  add_security_headers(answer);
  EXPECT_EQ(values_of(answer, "X-Content-Type-Options"), Values{"nosniff"});
  EXPECT_EQ(values_of(answer, "Content-Security-Policy"), Values{"default-src 'none'; frame-ancestors 'none'"});
  EXPECT_EQ(values_of(answer, "Referrer-Policy"), Values{"no-referrer"});
  EXPECT_EQ(values_of(answer, "Cross-Origin-Resource-Policy"), Values{"same-origin"});
  EXPECT_EQ(values_of(answer, "Cross-Origin-Opener-Policy"), Values{"same-origin"});

  Response page{200, {{"content-security-policy", "default-src 'self'"}}, {}};
  add_security_headers(page);
  EXPECT_EQ(values_of(page, "Content-Security-Policy"), Values{"default-src 'self'"});
}

TEST(Message, TakesAllButThreeMethodsForChanges) {
  for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
    EXPECT_FALSE(Request{.method = method}.changes_state()) << method;
  }
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "get", "PROPFIND", ""}) {
    EXPECT_TRUE(Request{.method = method}.changes_state()) << method;
  }
}

}  // namespace
}  // namespace orbit::http
