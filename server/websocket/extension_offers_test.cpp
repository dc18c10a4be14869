#include "websocket/extension_offers.hpp"

#include <gtest/gtest.h>

namespace orbit::websocket {
namespace {

using Offers = std::vector<ExtensionOffer>;

auto read(std::vector<std::string_view> headers) { return read_extension_offers(headers); }

TEST(ExtensionOffers, ReadsNamesAndParameters) {  // RFC 6455, section 9.1
  EXPECT_EQ(read({"foo"}), (Offers{{"foo"}}));
  EXPECT_EQ(read({"foo; a; b=1"}), (Offers{{"foo", {{"a"}, {"b", "1"}}}}));
  EXPECT_EQ(read({" foo\t;a = 1 ,bar "}), (Offers{{"foo", {{"a", "1"}}}, {"bar"}}));
}

TEST(ExtensionOffers, ReadsQuotedValues) {
  EXPECT_EQ(read({R"(foo; a="10")"}), (Offers{{"foo", {{"a", "10"}}}}));
  EXPECT_EQ(read({R"(foo; a="1\0"; b)"}), (Offers{{"foo", {{"a", "10"}, {"b"}}}}));
}

TEST(ExtensionOffers, KeepsTheOrderOverSeveralHeaders) {
  EXPECT_EQ(read({"foo, bar; a", "baz"}), (Offers{{"foo"}, {"bar", {{"a"}}}, {"baz"}}));
  EXPECT_EQ(read({}), Offers{});
}

TEST(ExtensionOffers, PassesOverEmptyElements) {  // RFC 2616, section 2.1
  EXPECT_EQ(read({", foo,, bar,"}), (Offers{{"foo"}, {"bar"}}));
  EXPECT_EQ(read({"", "foo"}), Offers{{"foo"}});
}

TEST(ExtensionOffers, RefusesWhatTheGrammarDoesNotHave) {
  for (const std::string_view header : {"",
                                        " ",
                                        ",",
                                        ";",
                                        "foo;",
                                        "foo; ;a",
                                        "=",
                                        "foo=1",
                                        "foo; =1",
                                        "foo; a=",
                                        "foo; a==1",
                                        "foo; a=1=2",
                                        "foo bar",
                                        "foo; a b",
                                        "foo; a=1 2",
                                        "\"foo\"",
                                        "foo; \"a\"",
                                        "foo; a=\"",
                                        "foo; a=\"1",
                                        "foo; a=\"\"",
                                        "foo; a=\"1 2\"",
                                        "foo; a=\"1\\",
                                        "foo; a=\"1\\\"",
                                        "foo; a=\"1\"2",
                                        "fo\x7Fo",
                                        "f\xC3\xB6o",
                                        "foo; a=(1)",
                                        "foo/bar"}) {
    EXPECT_EQ(read({header}), std::nullopt) << header;
  }
  EXPECT_EQ(read({"foo", "bar;"}), std::nullopt);
}

}  // namespace
}  // namespace orbit::websocket
