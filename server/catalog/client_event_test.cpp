#include "catalog/client_event.hpp"

#include <gtest/gtest.h>

namespace orbit::catalog {
namespace {

struct Refused {
  std::string name;
  std::string text;
  std::string code;
  std::string field;
};

class RefusedClientFrame : public testing::TestWithParam<Refused> {};

TEST_P(RefusedClientFrame, NamesTheReasonAndTheField) {
  const auto frame = parse_client_frame(GetParam().text);
  ASSERT_FALSE(frame.has_value());
  EXPECT_EQ(frame.error().error.code, GetParam().code);
  const auto& fields = frame.error().error.fields;
  EXPECT_EQ(fields.empty() ? "" : fields.front().field, GetParam().field);
  EXPECT_FALSE(frame.error().error.message.empty());
}

std::string nested(std::size_t depth) {
  return R"({"type":"room.signal","room":"r","kind":"k","payload":)" + std::string(depth, '[') +
         std::string(depth, ']') + "}";
}

std::string watch(std::size_t members) {
  std::string ids;
  for (std::size_t i = 0; i < members; ++i) ids += R"("mbr_0198c0de-0000-7000-8000-000000000000",)";
  ids.pop_back();
  return R"({"type":"presence.watch","memberIds":[)" + ids + "]}";
}

INSTANTIATE_TEST_SUITE_P(
    Table, RefusedClientFrame,
    testing::Values(
        Refused{"Empty", "", "frame.not_json", ""}, Refused{"NotJson", "ping", "frame.not_json", ""},
        Refused{"Truncated", R"({"type":"ping")", "frame.not_json", "type"},
        Refused{"TrailingText", R"({"type":"ping"} x)", "frame.not_json", ""},
        Refused{"DuplicateKey", R"({"type":"ping","type":"presence.away"})", "frame.not_json", "type"},
        Refused{"DuplicateKeyBehindAnEscape", R"({"type":"ping","ty\u0070e":"ping"})", "frame.not_json", "type"},
        Refused{"LoneSurrogate", R"({"type":"ping","x":"\ud800"})", "frame.not_json", "x"},
        Refused{"InvalidUtf8", "{\"type\":\"ping\",\"x\":\"\xff\"}", "frame.not_json", "x"},
        Refused{"NumberPastADouble", R"({"type":"room.signal","room":"r","kind":"k","payload":{"x":[1,1e999]}})",
                "frame.not_json", "payload/x/1"},
        Refused{"JoinAfterMoreThanAnInteger", R"({"type":"room.join","room":"r","after":18446744073709551616})",
                "validation", "after"},
        Refused{"JoinAfterAWholeExponent", R"({"type":"room.join","room":"r","after":1e3})", "validation", "after"},
        Refused{"TooDeep", nested(40), "frame.not_json", "payload/0/0/0/0/0/0/0/0/0/0/0/0/0/0"},
        Refused{"Array", "[]", "frame.not_an_object", ""}, Refused{"String", "\"ping\"", "frame.not_an_object", ""},
        Refused{"NoType", "{}", "validation", "type"}, Refused{"TypeIsNoString", R"({"type":1})", "validation", "type"},
        Refused{"UnknownType", R"({"type":"pong"})", "frame.unknown_type", ""},
        Refused{"RefIsNoString", R"({"type":"ping","ref":7})", "validation", "ref"},
        Refused{"RefTooLong", R"({"type":"ping","ref":")" + std::string(65, 'r') + "\"}", "validation", "ref"},
        Refused{"JoinWithoutRoom", R"({"type":"room.join"})", "validation", "room"},
        Refused{"RoomTooLong", R"({"type":"room.join","room":")" + std::string(129, 'r') + "\"}", "validation", "room"},
        Refused{"RoomWithASpace", R"({"type":"room.join","room":"a b"})", "validation", "room"},
        Refused{"JoinAfterNothing", R"({"type":"room.join","room":"r","after":null})", "validation", "after"},
        Refused{"JoinAfterLessThanNothing", R"({"type":"room.join","room":"r","after":-1})", "validation", "after"},
        Refused{"JoinAfterAPart", R"({"type":"room.join","room":"r","after":1.5})", "validation", "after"},
        Refused{"JoinAfterMoreThanCounts", R"({"type":"room.join","room":"r","after":9007199254740992})", "validation",
                "after"},
        Refused{"SignalWithoutPayload", R"({"type":"room.signal","room":"r","kind":"k"})", "validation", "payload"},
        Refused{"SignalTooLarge",
                R"({"type":"room.signal","room":"r","kind":"k","payload":")" + std::string(1024, 'x') + "\"}",
                "validation", "payload"},
        Refused{"WatchNoArray", R"({"type":"presence.watch","memberIds":"mbr_"})", "validation", "memberIds"},
        Refused{"WatchTooMany", watch(201), "validation", "memberIds"},
        Refused{"WatchForeignId",
                R"({"type":"presence.watch","memberIds":["team_0198c0de-0000-7000-8000-000000000000"]})", "validation",
                "memberIds/0"}),
    [](const auto& refused) { return refused.param.name; });

TEST(ClientFrame, ReadsEveryEvent) {
  const auto type_index = [](std::string_view text) {
    const auto frame = parse_client_frame(text);
    return frame ? static_cast<int>(frame->event.index()) : -1;
  };
  EXPECT_EQ(type_index(R"({"type":"ping"})"), 0);
  EXPECT_EQ(type_index(R"({"type":"presence.away"})"), 1);
  EXPECT_EQ(type_index(R"({"type":"presence.back"})"), 2);
  EXPECT_EQ(type_index(R"({"type":"presence.watch","memberIds":["mbr_0198c0de-0000-7000-8000-000000000000"]})"), 3);
  EXPECT_EQ(type_index(watch(200)), 3);
  EXPECT_EQ(type_index(R"({"type":"room.join","room":"team_1:board"})"), 4);
  EXPECT_EQ(type_index(R"({"type":"room.leave","room":"team_1"})"), 5);
  EXPECT_EQ(type_index(R"({"type":"room.signal","room":"r","kind":"cursor","payload":{"x":1}})"), 6);
}

TEST(ClientFrame, KeepsRefAndPayloadAndIgnoresUnknownFields) {
  const auto frame = parse_client_frame(
      R"({"type":"room.signal","ref":"a1","room":"r","kind":"k","payload":{"x":[1,null]},"new":true})");
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->ref, "a1");
  EXPECT_EQ(std::get<SendRoomSignal>(frame->event).payload.text, R"({"x":[1,null]})");
}

TEST(ClientFrame, ReadsWhereATabStandsInARoom) {
  const auto after = [](std::string_view text) { return std::get<RoomJoin>(parse_client_frame(text)->event).after; };
  EXPECT_EQ(after(R"({"type":"room.join","room":"r"})"), std::nullopt);
  EXPECT_EQ(after(R"({"type":"room.join","room":"r","after":0})"), 0U);
  EXPECT_EQ(after(R"({"type":"room.join","room":"r","after":9007199254740991})"), (1ULL << 53) - 1);
}

TEST(ClientFrame, KeepsTheRefOfARefusedEvent) {
  const auto frame = parse_client_frame(R"({"type":"room.join","ref":"a1"})");
  ASSERT_FALSE(frame.has_value());
  EXPECT_EQ(frame.error().ref, "a1");
}

}  // namespace
}  // namespace orbit::catalog
