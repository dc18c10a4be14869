#include "load/dialect.hpp"

#include <gtest/gtest.h>

namespace orbit::bench {
namespace {

TEST(Dialect, StampsAMessageThatIsAsLongAsAsked) {
  const std::string text = message_of(plain_dialect, {1'234'567'890'123'456'789, 4'294'967'295}, 64);
  EXPECT_EQ(text.size(), 64U);
  const auto stamp = stamp_of(plain_dialect, text);
  ASSERT_TRUE(stamp);
  EXPECT_EQ(stamp->sent_ns, 1'234'567'890'123'456'789U);
  EXPECT_EQ(stamp->number, 4'294'967'295U);
}

TEST(Dialect, PutsThePayloadIntoAnEventOfSocketIo) {
  const std::string text = message_of(socket_io_dialect, {7, 8}, 32);
  EXPECT_EQ(text, R"(42["message","000000000000000000070000000008.."])");
  EXPECT_EQ(stamp_of(socket_io_dialect, text)->number, 8U);
}

TEST(Dialect, NeverMakesAPayloadTooShortForItsStamp) {
  EXPECT_EQ(message_of(plain_dialect, {1, 2}, 0).size(), least_payload);
}

TEST(Dialect, FindsNoStampInWhatIsNoMessage) {
  EXPECT_FALSE(stamp_of(plain_dialect, "queued messages: 1"));
  EXPECT_FALSE(stamp_of(plain_dialect, "0000000000000000000x0000000001"));
  EXPECT_FALSE(stamp_of(socket_io_dialect, message_of(plain_dialect, {1, 2}, 64)));
}

TEST(Dialect, AsksForItsChannel) {
  EXPECT_TRUE(handshake_of(plain_dialect, 12, false).starts_with("GET /channel/12 HTTP/1.1\r\n"));
  EXPECT_EQ(handshake_of(plain_dialect, 12, false).find("permessage-deflate"), std::string::npos);
  EXPECT_NE(handshake_of(plain_dialect, 12, true).find("permessage-deflate"), std::string::npos);
}

}  // namespace
}  // namespace orbit::bench
