#include "load/report.hpp"

#include <gtest/gtest.h>

namespace orbit::bench {
namespace {

TEST(Number, HasCommasInItsThousands) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(999), "999");
  EXPECT_EQ(number(1'000), "1,000");
  EXPECT_EQ(number(1'234'567.891, 2), "1,234,567.89");
  EXPECT_EQ(number(-1'234.5, 1), "-1,234.5");
}

TEST(Table, LinesItsColumnsUpByCharacters) {
  Table table({"what", "µs"});
  table.add({"short", "1"});
  table.add({"a longer one", "12,345"});
  EXPECT_EQ(table.text(false),
            "  what               µs\n"
            "  ─────────────────────\n"
            "  short               1\n"
            "  a longer one   12,345\n");
}

TEST(Json, KeepsTheOrderOfItsKeys) {
  Samples samples;
  samples.add(2.5);
  samples.add(1);
  Json json = Json::object();
  json.set("b", "say \"hi\"").set("a", Json::of(samples));
  EXPECT_EQ(json.text(),
            "{\n"
            "  \"b\": \"say \\\"hi\\\"\",\n"
            "  \"a\": {\n"
            "    \"median\": 1.75,\n"
            "    \"least\": 1,\n"
            "    \"most\": 2.5,\n"
            "    \"values\": [2.5, 1]\n"
            "  }\n"
            "}");
}

}  // namespace
}  // namespace orbit::bench
