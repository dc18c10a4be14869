#include "cluster/message_fields.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace orbit::cluster {
namespace {

TEST(MessageFields, AreThoseOfAnObject) {
  const auto fields = read_fields(R"({"v":1,"kind":"delta","set":{"a":"1"}})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->at("kind"), "delta");
}

TEST(MessageFields, MayHaveAsManyKeysAsAStateHasEntries) {
  std::string text = R"({"set":{"key":"")";
  for (int i = 0; i < 5000; ++i) text += R"(,"key)" + std::to_string(i) + R"(":"")";
  const auto fields = read_fields(text + "}}");
  ASSERT_TRUE(fields);
  EXPECT_EQ(fields->at("set").as_object().size(), 5001U);
}

TEST(MessageFields, AreRefusedWhereTheyAreNoStrictJson) {
  for (const char* text : {"", "[]", "7", "null", "{", R"({"v":1,"v":1})", R"({"set":{"a":"1","a":"2"}})",
                           R"({"a":"\ud800"})", "{\"a\":\"\xff\"}", R"({"a":1e999})", "{} {}"}) {
    EXPECT_FALSE(read_fields(text)) << text;
  }
}

}  // namespace
}  // namespace orbit::cluster
