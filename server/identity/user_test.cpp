#include "identity/user.hpp"

#include <gtest/gtest.h>

#include "kernel/testing/outcome.hpp"

namespace orbit::identity {
namespace {

using kernel::outcome;

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Email, IsTrimmedAndLowerCased) {
  EXPECT_EQ(normalise_email(" Ada.Lovelace+x@ACME.Test\n"), "ada.lovelace+x@acme.test");
}

TEST(Email, HasOneLocalPartAndADomainWithADot) {
  for (const auto* text : {"ada", "@acme.test", "ada@", "ada@acme", "ada@.test", "ada@acme.", "ada@a..test",
                           "a da@acme.test", "ada@acme@test.de", "ada@acme,test.de", "<ada@acme.test>",
                           "ada@acme.test\x01", "ad\xc3\xa4@acme.test", "ada@ac me.test", "ada@acme.te\nst"}) {
    EXPECT_EQ(outcome(normalise_email(text)), "invalid email not_an_email") << text;
  }
}

TEST(Email, IsRequired) { EXPECT_EQ(outcome(normalise_email(" \t ")), "invalid email required"); }

TEST(Email, HasAtMost254Bytes) {
  const std::string domain = "@acme.test";
  EXPECT_TRUE(normalise_email(std::string(254 - domain.size(), 'a') + domain));
  EXPECT_EQ(outcome(normalise_email(std::string(255 - domain.size(), 'a') + domain)), "invalid email too_long");
}

TEST(Name, IsTrimmed) { EXPECT_EQ(normalise_name("  Ada Lovelace\r\n"), "Ada Lovelace"); }

TEST(Name, IsRequired) {
  EXPECT_EQ(outcome(normalise_name("")), "invalid name required");
  EXPECT_EQ(outcome(normalise_name(" \t\n")), "invalid name required");
}

TEST(Name, Has80CharactersHoweverManyBytesTheyTake) {
  EXPECT_TRUE(normalise_name(repeated("\xf0\x9f\x9a\x80", 80)));
  EXPECT_EQ(outcome(normalise_name(repeated("\xf0\x9f\x9a\x80", 81))), "invalid name too_long");
  EXPECT_TRUE(normalise_name(std::string(80, 'a')));
  EXPECT_EQ(outcome(normalise_name(std::string(81, 'a'))), "invalid name too_long");
}

TEST(Name, HasNoControlCharacter) {
  for (const std::string& text : {std::string("a\0b", 3), std::string("a\nb"),
                                  std::string("a\x1f"
                                              "b"),
                                  std::string("a\x7f"),
                                  std::string("a\xc2\x80"
                                              "b"),
                                  std::string("a\xc2\x9f")}) {
    EXPECT_EQ(outcome(normalise_name(text)), "invalid name bad_character");
  }
  EXPECT_TRUE(
      normalise_name("a\xc2\xa0"
                     "b"));
}

TEST(Name, IsValidUtf8) {
  for (const auto* text : {"a\xff", "a\xc2", "\xed\xa0\x80", "\xc0\x80"}) {
    EXPECT_EQ(outcome(normalise_name(text)), "invalid name bad_character");
  }
}

TEST(Name, IsCalledByItsField) {
  const auto refused = normalise_name("", "description");
  EXPECT_EQ(outcome(refused), "invalid description required");
  EXPECT_EQ(refused.error().message, "A description is required.");
}

TEST(Password, Has8To1024Bytes) {
  EXPECT_EQ(outcome(check_new_password("1234567")), "invalid password too_short");
  EXPECT_EQ(outcome(check_new_password("12345678")), "ok");
  EXPECT_EQ(outcome(check_new_password(std::string(1024, 'x'))), "ok");
  EXPECT_EQ(outcome(check_new_password(std::string(1025, 'x'))), "invalid password too_long");
}

}  // namespace
}  // namespace orbit::identity
