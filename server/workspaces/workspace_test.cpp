#include "workspaces/workspace.hpp"

#include <gtest/gtest.h>

#include "kernel/testing/outcome.hpp"

namespace orbit::workspaces {
namespace {

using kernel::outcome;

TEST(Slug, Has3To40LowerCaseLettersDigitsAndSingleDashes) {
  for (const auto& slug : {std::string("abc"), std::string("a-b-c"), std::string("007"), std::string(40, 'x')}) {
    EXPECT_EQ(outcome(check_slug(slug)), "ok") << slug;
  }
}

TEST(Slug, IsRefusedWithWhatIsWrongWithIt) {
  const std::vector<std::pair<std::string, std::string>> table{
      {"", "required"},
      {"ab", "too_short"},
      {std::string(41, 'x'), "too_long"},
      {"-abc", "bad_character"},
      {"abc-", "bad_character"},
      {"a--b", "bad_character"},
      {"Acme", "bad_character"},
      {"a_b", "bad_character"},
      {"a b", "bad_character"},
      {"a.b", "bad_character"},
      {"a/b", "bad_character"},
      {"caf\xc3\xa9", "bad_character"},
      {std::string("a\0b", 3), "bad_character"},
  };
  for (const auto& [slug, code] : table) EXPECT_EQ(outcome(check_slug(slug)), "invalid slug " + code) << slug;
}

TEST(Slug, IsNoWordThatUrlsNeed) {
  for (const auto* slug : {"api", "admin", "new", "settings", "invite", "www"}) {
    EXPECT_EQ(outcome(check_slug(slug)), "invalid slug reserved") << slug;
  }
  EXPECT_EQ(outcome(check_slug("apis")), "ok");
}

}  // namespace
}  // namespace orbit::workspaces
