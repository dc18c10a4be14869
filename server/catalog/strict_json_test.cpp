#include "catalog/strict_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace orbit::catalog {
namespace {

struct Refused {
  std::string name;
  std::string text;
  std::string code;
  std::string field;
};

class RefusedJson : public testing::TestWithParam<Refused> {};

TEST_P(RefusedJson, SaysWhyAndWhere) {
  const auto value = parse_strict_json(GetParam().text, {.depth = 4, .keys = 3});
  ASSERT_FALSE(value.has_value());
  const kernel::Error& error = value.error();
  EXPECT_EQ(error.kind, kernel::ErrorKind::invalid);
  EXPECT_EQ(error.code, "json." + GetParam().code);
  EXPECT_EQ(error.fields.empty() ? "" : error.fields.front().field, GetParam().field);
  EXPECT_EQ(error.fields.empty() ? GetParam().code : error.fields.front().code, GetParam().code);
  EXPECT_NE(error.message.find(GetParam().field), std::string::npos);
}

const std::string long_key(100, 'k');

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedJson,
    testing::Values(Refused{"Nothing", "", "malformed", ""}, Refused{"WhiteSpace", " \n", "malformed", ""},
                    Refused{"Half", R"({"a":)", "malformed", "a"}, Refused{"TextBehind", "{} x", "malformed", ""},
                    Refused{"TwoValues", "1 2", "malformed", ""},
                    Refused{"TrailingComma", R"({"a":[1,]})", "malformed", "a/0"},
                    Refused{"Comment", "/* */ {}", "malformed", ""},
                    Refused{"SingleQuotes", "{'a':1}", "malformed", ""},
                    Refused{"ByteOrderMark", "\xEF\xBB\xBF{}", "malformed", ""},
                    Refused{"NulBehind", std::string("{}\0", 3), "malformed", ""},
                    Refused{"ControlCharacter", "{\"a\":\"\n\"}", "malformed", "a"},

                    Refused{"KeyTwice", R"({"a":1,"a":2})", "duplicate_key", "a"},
                    Refused{"KeyTwiceBehindAnEscape", R"({"ab":1,"\u0061b":2})", "duplicate_key", "ab"},
                    Refused{"KeyTwiceBelow", R"({"a":[0,{"b":1,"b":1}]})", "duplicate_key", "a/1/b"},
                    Refused{"EmptyKeyTwice", R"({"":1,"":2})", "duplicate_key", ""},
                    Refused{"LongKeyTwice", R"({")" + long_key + R"(":1,")" + long_key + R"(":2})", "duplicate_key",
                            std::string(64, 'k') + "…"},
                    Refused{"TooManyKeys", R"({"a":{"b":1,"c":1,"d":1,"e":1}})", "too_many_keys", "a/e"},

                    Refused{"TooDeep", "[[[[[]]]]]", "too_deep", "0/0/0"},
                    Refused{"TooDeepByObjects", R"({"a":{"b":{"c":{"d":{}}}}})", "too_deep", "a/b/c/d"},
                    Refused{"MuchTooDeep", std::string(100'000, '['), "too_deep", "0/0/0"},

                    Refused{"LoneHighSurrogate", R"({"a":"\ud800"})", "malformed", "a"},
                    Refused{"HighSurrogateBeforeText", R"({"a":"\ud800x"})", "malformed", "a"},
                    Refused{"HighSurrogateTwice", R"({"a":"\ud800\ud800"})", "malformed", "a"},
                    Refused{"LoneLowSurrogate", R"({"a":"\udc00"})", "malformed", "a"},
                    Refused{"LoneSurrogateInAKey", R"({"\udfff":1})", "malformed", ""},
                    Refused{"InvalidUtf8", "{\"a\":\"\xff\"}", "malformed", "a"},
                    Refused{"InvalidUtf8InAKey", "{\"\xff\":1}", "malformed", ""},
                    Refused{"OverlongUtf8", "[\"\xC0\xAF\"]", "malformed", ""},
                    Refused{"SurrogateInUtf8", "[\"\xED\xA0\x80\"]", "malformed", ""},
                    Refused{"Utf8CutShort", "[\"\xE6\x97\"]", "malformed", ""},

                    Refused{"NaN", "NaN", "malformed", ""}, Refused{"Infinity", R"({"a":Infinity})", "malformed", "a"},
                    Refused{"MinusInfinity", "-Infinity", "malformed", ""}, Refused{"Plus", "+1", "malformed", ""},
                    Refused{"LeadingZero", "[01]", "malformed", "0"},
                    Refused{"Hexadecimal", "[0x10]", "malformed", "0"}, Refused{"PointAlone", "[1.]", "malformed", ""},
                    Refused{"PastADouble", R"({"a":[1e308,1e309]})", "number_out_of_range", "a/1"},
                    Refused{"FarPastADouble", R"({"a":-1e99999})", "number_out_of_range", "a"},
                    Refused{"AnExponentPastAnInt", R"({"a":1e99999999999})", "number_out_of_range", "a"},
                    Refused{"DigitsPastADouble", "[" + std::string(400, '9') + "]", "number_out_of_range", "0"}),
    [](const auto& refused) { return refused.param.name; });

std::string read(std::string_view text) {
  const auto value = parse_strict_json(text, {.depth = 4, .keys = 3});
  return value ? boost::json::serialize(*value) : value.error().code;
}

TEST(StrictJson, ReadsWhatIsWithinItsLimits) {
  EXPECT_EQ(read("[[[[]]]]"), "[[[[]]]]");
  EXPECT_EQ(read(R"( {"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]} )"), R"({"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]})");
  EXPECT_EQ(read(R"({"":"","A":1,"a":2})"), R"({"":"","A":1,"a":2})");
  EXPECT_EQ(read(R"("\ud83d\ude00")"), "\"\xF0\x9F\x98\x80\"");
  EXPECT_EQ(read(R"(["\u0000"])"), R"(["\u0000"])");
  EXPECT_EQ(read("null"), "null");
}

TEST(StrictJson, KeepsWholeNumbersExactWhereAnIntegerHoldsThem) {
  EXPECT_EQ(read("[9007199254740993,-9223372036854775808,18446744073709551615]"),
            "[9007199254740993,-9223372036854775808,18446744073709551615]");
  EXPECT_TRUE(parse_strict_json("18446744073709551616")->is_double());
  EXPECT_TRUE(parse_strict_json("-9223372036854775809")->is_double());
}

TEST(StrictJson, ReadsTheNearestDoubleSoThatItIsWrittenAsItCame) {
  EXPECT_EQ(parse_strict_json("944446744073701619551614")->as_double(), 944446744073701619551614.0);
  EXPECT_EQ(parse_strict_json("5e-324")->as_double(), 5e-324);
  for (const char* number : {"1.7976931348623157E308", "2.2250738585072014E-308", "1.2345678901234568E-5"}) {
    EXPECT_EQ(read(number), number);
  }
}

TEST(StrictJson, RoundsToZeroWhatIsTooSmall) { EXPECT_EQ(parse_strict_json("1e-400")->as_double(), 0.0); }

TEST(StrictJson, ReadsLongStringsAndKeysWhole) {
  const std::string text = R"({")" + std::string(5000, 'k') + R"(":")" + std::string(50'000, 's') + R"("})";
  EXPECT_EQ(read(text), text);
}

}  // namespace
}  // namespace orbit::catalog
