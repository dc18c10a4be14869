// MessageDeflater and MessageInflater against each other, and against the payloads of RFC 7692.
#include <gtest/gtest.h>

#include <random>

#include "websocket/message_deflater.hpp"
#include "websocket/message_inflater.hpp"

namespace orbit::websocket {
namespace {

using namespace std::string_literals;
using Failure = MessageInflater::Failure;

constexpr std::size_t limit = 16 * 1024;

/// The text, or which failure.
std::string inflated(const std::string& payload, std::size_t most = limit) {
  static MessageInflater inflater;  // one for all, as in a shard
  const auto text = inflater.inflate(payload, most);
  if (text) return std::string(*text);
  return text.error() == Failure::corrupt ? "corrupt" : "too long";
}

std::string deflated(std::string_view text) {
  static MessageDeflater deflater;
  const auto payload = deflater.deflate(text);
  return payload ? std::string(*payload) : "not shorter";
}

std::string json_of(int members) {
  std::mt19937 random(7692);
  std::string text = "[";
  for (int i = 0; i < members; ++i) {
    text += R"({"memberId":"mbr_)" + std::to_string(random()) + R"(","online":true,"status":"online"},)";
  }
  return text + "]";
}

TEST(MessageInflater, ReadsThePayloadsOfTheRfc) {  // section 7.2.3
  EXPECT_EQ(inflated("\xF2\x48\xCD\xC9\xC9\x07\0"s), "Hello");
  EXPECT_EQ(inflated("\0\x05\0\xFA\xFF\x48\x65\x6C\x6C\x6F\0"s), "Hello");        // not compressed
  EXPECT_EQ(inflated("\xF3\x48\xCD\xC9\xC9\x07\0\0"s), "Hello");                  // a final block
  EXPECT_EQ(inflated("\xF2\x48\x05\0\0\0\xFF\xFF\xCA\xC9\xC9\x07\0"s), "Hello");  // two blocks
  EXPECT_EQ(inflated("\0"s), "");                                                 // nothing
}

TEST(MessageInflater, GoesOnBehindFinalBlocks) {  // section 7.2.1
  const std::string hello = "\xF3\x48\xCD\xC9\xC9\x07\0"s;
  EXPECT_EQ(inflated(hello + hello + '\0'), "HelloHello");
  EXPECT_EQ(inflated(hello + "\xF2\x48\xCD\xC9\xC9\x07\0"s), "HelloHello");
  EXPECT_EQ(inflated(hello), "Hello");
}

TEST(MessageInflater, KeepsNothingFromMessageToMessage) {  // section 7.1.1.2
  EXPECT_EQ(inflated("\xF2\x48\xCD\xC9\xC9\x07\0"s), "Hello");
  EXPECT_EQ(inflated("\xF2\0\x11\0\0"s), "corrupt");  // the RFC's second message refers to the first
  EXPECT_EQ(inflated("\xF2\x48\xCD"s), "corrupt");
  EXPECT_EQ(inflated("\xF2\x48\xCD\xC9\xC9\x07\0"s), "Hello");
}

TEST(MessageInflater, RefusesWhatIsNotDeflateData) {
  EXPECT_EQ(inflated(""), "corrupt");
  EXPECT_EQ(inflated("\xFF\xFF\xFF"), "corrupt");
  EXPECT_EQ(inflated("Hello"), "corrupt");
  EXPECT_EQ(inflated("\0\x05\0\xFA\xFE\x48"s), "corrupt");
  const std::string payload = deflated(json_of(20));
  for (std::size_t size = 1; size < payload.size(); ++size) EXPECT_EQ(inflated(payload.substr(0, size)), "corrupt");
}

TEST(MessageInflater, StopsAtItsLimit) {
  const std::string payload = deflated(std::string(limit, 'x'));
  EXPECT_LT(payload.size(), 100);
  EXPECT_EQ(inflated(payload), std::string(limit, 'x'));
  EXPECT_EQ(inflated(payload, limit - 1), "too long");
  EXPECT_EQ(inflated(deflated(std::string(100'000'000, 'x'))), "too long");
  EXPECT_EQ(inflated("\0"s, 0), "");
  EXPECT_EQ(inflated(payload, 0), "too long");
}

TEST(MessageDeflater, MakesWhatTheInflaterReads) {
  for (const int members : {1, 20, 500}) {
    const std::string text = json_of(members);
    const std::string payload = deflated(text);
    EXPECT_LT(payload.size(), text.size());
    EXPECT_FALSE(payload.ends_with("\0\0\xFF\xFF"s));
    EXPECT_EQ(inflated(payload, 100'000), text);
    EXPECT_EQ(deflated(text), payload) << "each message stands by itself";
  }
}

TEST(MessageDeflater, SaysWhenItIsNotWorthIt) {
  EXPECT_EQ(deflated(""), "not shorter");
  EXPECT_EQ(deflated("Hello"), "not shorter");
  std::mt19937 random(1);
  std::string noise(4'096, '\0');
  for (char& byte : noise) byte = static_cast<char>(random());
  EXPECT_EQ(deflated(noise), "not shorter");
}

}  // namespace
}  // namespace orbit::websocket
