#include "kernel/utf8_validator.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace orbit::kernel {
namespace {

/// A plain decoder to check against: one character from the front of `text`, by the definition of UTF-8.
std::optional<std::size_t> length_of_first(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(text[i])); };
  const std::uint32_t lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = (lead & 0xE0) == 0xC0 ? 2 : (lead & 0xF0) == 0xE0 ? 3 : (lead & 0xF8) == 0xF0 ? 4 : 0;
  if (length == 0 || text.size() < length) return std::nullopt;
  std::uint32_t value = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return std::nullopt;
    value = value << 6 | (at(i) & 0x3F);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return std::nullopt;
  return length;
}

bool valid_by_definition(std::string_view text) {
  while (!text.empty()) {
    const auto length = length_of_first(text);
    if (!length) return false;
    text.remove_prefix(*length);
  }
  return true;
}

TEST(Utf8Validator, AcceptsWellFormedText) {
  for (const std::string_view text :
       {"", "plain", "κόσμε", "日本語", "😀", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
        "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
        "sixteen and more plain characters, then é"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
  EXPECT_TRUE(is_valid_utf8(std::string(1, '\0')));
}

TEST(Utf8Validator, RefusesMalformedText) {
  for (const std::string_view text : {"\x80",
                                      "\xBF",
                                      "\xC0\xAF",
                                      "\xC1\xBF",
                                      "\xC3",
                                      "\xC3(",
                                      "\xE0\x80\xAF",
                                      "\xE0\x9F\xBF",
                                      "\xE2\x82",
                                      "\xE2(\xA1",
                                      "\xED\xA0\x80",
                                      "\xED\xBF\xBF",
                                      "\xF0\x80\x80\xAF",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF0\x9F\x98",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xF8\x88\x80\x80\x80",
                                      "\xFE",
                                      "\xFF",
                                      "sixteen and more plain characters \xFF"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << testing::PrintToString(text);
  }
}

TEST(Utf8Validator, AgreesWithTheDefinitionOnAllShortSequences) {
  const std::vector<int> edges{0x7F, 0x80, 0xBF, 0xC0};
  for (int lead = 0; lead < 256; ++lead) {
    for (int second = 0; second < 256; ++second) {
      for (const int third : edges) {
        for (const int fourth : edges) {
          const std::string text{static_cast<char>(lead), static_cast<char>(second), static_cast<char>(third),
                                 static_cast<char>(fourth)};
          ASSERT_EQ(is_valid_utf8(text), valid_by_definition(text)) << testing::PrintToString(text);
          const std::string inside = "é" + text + "日本";  // where whole sequences are taken at once
          ASSERT_EQ(is_valid_utf8(inside), valid_by_definition(inside)) << testing::PrintToString(inside);
        }
      }
    }
  }
}

TEST(Utf8Validator, JudgesPiecesAsItJudgesTheWhole) {
  const std::string text = "aé日😀, and then some plain text";
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      Utf8Validator validator;
      EXPECT_TRUE(validator.feed(std::string_view(text).substr(0, first)));
      EXPECT_TRUE(validator.feed(std::string_view(text).substr(first, second - first)));
      EXPECT_TRUE(validator.feed(std::string_view(text).substr(second)));
      EXPECT_TRUE(validator.complete());
    }
  }
}

TEST(Utf8Validator, FailsAtTheFirstByteThatCannotBeMended) {
  Utf8Validator validator;
  EXPECT_TRUE(validator.feed("\xED"));
  EXPECT_FALSE(validator.complete());
  EXPECT_FALSE(validator.feed("\xA0"));  // a surrogate, whatever follows
}

}  // namespace
}  // namespace orbit::kernel
