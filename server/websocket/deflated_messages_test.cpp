// FrameParser where permessage-deflate was agreed on (RFC 7692, sections 6 and 7.2.2).
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "websocket/client_frames.hpp"
#include "websocket/frame_parser.hpp"
#include "websocket/message_deflater.hpp"

namespace orbit::websocket {
namespace {

using namespace std::string_literals;

constexpr std::size_t max_message = 16 * 1024;

constexpr int fin = 0x80;
constexpr int text = 0x01;

/// What the parser finds, in words: "text …", "ping …", "failure CODE".
std::vector<std::string> parse(const std::string& bytes, std::size_t piece = std::string::npos, bool agreed = true) {
  MessageInflater inflater;
  FrameParser parser(max_message);
  std::vector<std::string> found;
  for (std::size_t start = 0; start < bytes.size(); start += std::min(piece, bytes.size() - start)) {
    std::string buffer = bytes.substr(start, piece);
    std::span<char> rest(buffer);
    for (;;) {
      Incoming incoming = parser.next(rest, agreed);
      if (incoming.kind == Incoming::Kind::deflated) incoming = unpacked(incoming.payload, inflater, max_message);
      if (incoming.kind == Incoming::Kind::nothing) break;
      if (incoming.kind == Incoming::Kind::failure) {
        found.push_back("failure " + std::to_string(static_cast<int>(*incoming.code)));
        return found;
      }
      found.push_back((incoming.kind == Incoming::Kind::text ? "text " : "control ") + std::string(incoming.payload));
    }
  }
  return found;
}

void expect_found(const std::string& bytes, const std::vector<std::string>& expected) {
  for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{3}, std::size_t{7}}) {
    EXPECT_EQ(parse(bytes, piece), expected) << "in pieces of " << piece;
  }
}

std::string deflated(std::string_view message) {
  static MessageDeflater deflater;
  return std::string(deflater.deflate(message).value());
}

const std::string hello = "\xF2\x48\xCD\xC9\xC9\x07\0"s;

TEST(DeflatedMessages, AreReadBesidePlainOnes) {  // section 7.2.3.1
  expect_found(client_frame(fin | rsv1 | text, hello) + client_text("plain") + client_frame(fin | rsv1 | text, hello),
               {"text Hello", "text plain", "text Hello"});
}

TEST(DeflatedMessages, MayComeInFragments) {  // section 7.2.3.1
  expect_found(client_frame(rsv1 | text, hello.substr(0, 3)) + client_frame(fin, hello.substr(3)), {"text Hello"});
  expect_found(client_frame(rsv1 | text, "") + client_frame(0, hello) + client_frame(fin, ""), {"text Hello"});
}

TEST(DeflatedMessages, LetControlFramesBetweenFragments) {
  expect_found(client_frame(rsv1 | text, hello.substr(0, 3)) + client_ping("mid") +
                   client_frame(0, hello.substr(3, 2)) + client_pong() + client_frame(fin, hello.substr(5)) +
                   client_text("next"),
               {"control mid", "control ", "text Hello", "text next"});
}

TEST(DeflatedMessages, MayBeEmpty) {  // section 7.2.3.6
  expect_found(client_frame(fin | rsv1 | text, "\0"s), {"text "});
  expect_found(client_frame(rsv1 | text, "") + client_frame(fin, "\0"s), {"text "});
}

TEST(DeflatedMessages, BeginOnlyWhereThatWasAgreedOn) {
  EXPECT_EQ(parse(client_frame(fin | rsv1 | text, hello), std::string::npos, false),
            std::vector<std::string>{"failure 1002"});
}

TEST(DeflatedMessages, AreMarkedOnTheirFirstFrameOnly) {  // section 6.1
  expect_found(client_frame(rsv1 | text, hello.substr(0, 3)) + client_frame(fin | rsv1, hello.substr(3)),
               {"failure 1002"});
  expect_found(client_frame(text, "Hel") + client_frame(fin | rsv1, "lo"), {"failure 1002"});
}

TEST(DeflatedMessages, AreNoControlFrames) {  // section 6.1
  for (const int opcode : {0x88, 0x89, 0x8A}) expect_found(client_frame(rsv1 | opcode, ""), {"failure 1002"});
}

TEST(DeflatedMessages, UseNoOtherReservedBit) {
  for (const int bits : {0x20, 0x10, 0x60, 0x50, 0x70}) {
    expect_found(client_frame(fin | bits | text, hello), {"failure 1002"});
  }
}

TEST(DeflatedMessages, AreNotBinary) { expect_found(client_frame(fin | rsv1 | 0x02, hello), {"failure 1003"}); }

TEST(DeflatedMessages, FailIfTheyAreCorrupt) {
  for (const std::string& payload : {""s, "Hello"s, hello.substr(0, 3), "\xFF\xFF"s}) {
    expect_found(client_frame(fin | rsv1 | text, payload), {"failure 1007"});
    expect_found(client_frame(rsv1 | text, payload) + client_frame(fin, ""), {"failure 1007"});
  }
}

TEST(DeflatedMessages, AreValidatedAsUtf8OnceUnpacked) {
  const std::string message = "日本" + std::string(50, 'x');
  expect_found(client_frame(fin | rsv1 | text, deflated(message)), {"text " + message});
  expect_found(client_frame(fin | rsv1 | text, deflated("\xC0\xAF" + message)), {"failure 1007"});
  expect_found(client_frame(fin | rsv1 | text, deflated(message + "\xE6\x97")), {"failure 1007"});
  expect_found(client_frame(rsv1 | text, deflated(message + "\xFF")) + client_frame(fin, ""), {"failure 1007"});
}

TEST(DeflatedMessages, MayBeAsLongAsOthers) {
  const std::string longest(max_message, 'x');
  expect_found(client_frame(fin | rsv1 | text, deflated(longest)), {"text " + longest});
  expect_found(client_frame(fin | rsv1 | text, deflated(longest + 'x')), {"failure 1009"});
  expect_found(client_frame(fin | rsv1 | text, deflated(std::string(10'000'000, 'x'))), {"failure 1009"});
}

TEST(DeflatedMessages, OfTextThatDoesNotShrinkMayBeALittleLonger) {
  const std::string longest(max_message, 'x');
  const std::string stored = "\0\0\x40\xFF\xBF"s + longest + '\0';
  expect_found(client_frame(fin | rsv1 | text, stored), {"text " + longest});
}

TEST(DeflatedMessages, AreRefusedByTheirLengthBeforeTheyCome) {
  constexpr std::size_t longest = max_message + max_message / 8 + 64;
  const std::string empty_blocks(longest + 1, '\0');
  EXPECT_EQ(parse(client_frame(fin | rsv1 | text, empty_blocks).substr(0, 8)),
            std::vector<std::string>{"failure 1009"});
  EXPECT_EQ(parse(client_frame(rsv1 | text, empty_blocks.substr(1)) + client_frame(fin, "x").substr(0, 6)),
            std::vector<std::string>{"failure 1009"});
}

}  // namespace
}  // namespace orbit::websocket
