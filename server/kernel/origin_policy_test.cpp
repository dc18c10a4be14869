#include "kernel/origin_policy.hpp"

#include <gtest/gtest.h>

namespace orbit::kernel {
namespace {

OriginPolicy policy_of(std::string_view public_origin, std::vector<std::string> allowed = {}) {
  return OriginPolicy::create(public_origin, allowed).value();
}

TEST(OriginPolicy, AllowsThePublicOriginAndTheListed) {
  const auto policy = policy_of("https://app.example.com", {"http://localhost:5173", "https://admin.example.com"});
  EXPECT_TRUE(policy.allows("https://app.example.com"));
  EXPECT_TRUE(policy.allows("http://localhost:5173"));
  EXPECT_TRUE(policy.allows("https://admin.example.com"));
}

TEST(OriginPolicy, RefusesEverythingElse) {
  const auto policy = policy_of("https://app.example.com", {"http://localhost:5173"});
  for (const std::string_view foreign :
       {"http://app.example.com", "https://app.example.com.evil.test", "https://evil.test", "https://example.com",
        "https://app.example.com:8443", "http://localhost", "http://localhost:51730", "null", "",
        "https://app.example.com/", "https://app.example.com https://evil.test"}) {
    EXPECT_FALSE(policy.allows(foreign)) << foreign;
  }
}

TEST(OriginPolicy, RefusesARequestThatNamesNone) {
  EXPECT_FALSE(policy_of("http://127.0.0.1:8080").allows(std::nullopt));
}

TEST(OriginPolicy, PutsConfiguredOriginsIntoTheFormBrowsersSend) {
  EXPECT_EQ(policy_of("HTTPS://App.Example.com:443/").public_origin(), "https://app.example.com");
  EXPECT_EQ(policy_of("http://127.0.0.1:80").public_origin(), "http://127.0.0.1");
  EXPECT_EQ(policy_of("http://127.0.0.1:8080/").public_origin(), "http://127.0.0.1:8080");
  EXPECT_EQ(policy_of("http://[::1]:8080").public_origin(), "http://[::1]:8080");
  EXPECT_EQ(policy_of("http://[::1]").public_origin(), "http://[::1]");
  EXPECT_EQ(policy_of("https://host:80").public_origin(), "https://host:80");
}

TEST(OriginPolicy, RefusesToBeMadeOfWhatIsNoOrigin) {
  for (const std::string_view text :
       {"", "app.example.com", "ftp://host", "https://", "https://host/path", "https://*.example.com", "*", "null",
        "https://user@host", "https://host?x", "https://host:0", "https://host:65536", "https://host:", "https://[]",
        "https://[::1", "https:// host", "https://host:8a", "https://a:1:2"}) {
    EXPECT_FALSE(OriginPolicy::create(text)) << text;
  }
}

TEST(OriginPolicy, NamesTheFieldThatIsWrong) {
  const std::vector<std::string> allowed{"http://localhost:5173", "nonsense"};
  const auto result = OriginPolicy::create("https://host", allowed);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid);
  EXPECT_EQ(result.error().fields.at(0).field, "allow_origin/1");
}

}  // namespace
}  // namespace orbit::kernel
