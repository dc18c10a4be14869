#include "websocket/frame_parser.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "websocket/client_frames.hpp"

namespace orbit::websocket {
namespace {

using Kind = Incoming::Kind;
using namespace std::string_literals;

constexpr std::size_t max_message = 16 * 1024;

/// An Incoming that outlives its buffer.
struct Found {
  Kind kind;
  std::string payload;
  int code = 0;

  bool operator==(const Found&) const = default;
};

void PrintTo(const Found& found, std::ostream* out) {
  *out << "{kind " << static_cast<int>(found.kind) << ", code " << found.code << ", \"" << found.payload.substr(0, 40)
       << "\"}";
}

Found text(std::string payload) { return {Kind::text, std::move(payload)}; }

/// What the parser finds in the bytes, handed to it `piece` at a time, up to the first failure.
std::vector<Found> parse(const std::string& bytes, std::size_t piece = std::string::npos) {
  FrameParser parser(max_message);
  std::vector<Found> found;
  for (std::size_t start = 0; start < bytes.size(); start += std::min(piece, bytes.size() - start)) {
    std::string buffer = bytes.substr(start, piece);
    std::span<char> rest(buffer);
    for (;;) {
      const Incoming incoming = parser.next(rest);
      if (incoming.kind == Kind::nothing) break;
      const auto code = static_cast<int>(incoming.code.value_or(CloseCode{}));
      found.push_back({incoming.kind, std::string(incoming.payload), code});
      if (incoming.kind == Kind::failure) return found;
    }
    EXPECT_TRUE(rest.empty());
  }
  return found;
}

/// The same at every way of cutting that matters: whole, by byte, and by sizes that straddle headers.
void expect_found(const std::string& bytes, const std::vector<Found>& expected) {
  for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}}) {
    EXPECT_EQ(parse(bytes, piece), expected) << "in pieces of " << piece;
  }
}

void expect_failure(const std::string& bytes, CloseCode code) {
  for (const std::size_t piece : {std::string::npos, std::size_t{1}, std::size_t{5}}) {
    const auto found = parse(bytes, piece);
    ASSERT_FALSE(found.empty()) << "in pieces of " << piece;
    EXPECT_EQ(found.back().kind, Kind::failure) << "in pieces of " << piece;
    EXPECT_EQ(found.back().code, static_cast<int>(code)) << found.back().payload;
  }
}

TEST(FrameParser, ReadsTheMaskedSampleOfTheRfc) {  // section 5.7
  expect_found("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", {text("Hello")});
}

TEST(FrameParser, ReadsEveryLengthForm) {  // section 5.2
  for (const std::size_t size : {0, 1, 7, 8, 125, 126, 127, 1'000, 16'384}) {
    expect_found(client_text(std::string(size, 'x')), {text(std::string(size, 'x'))});
  }
  FrameParser parser(100'000);
  for (const std::size_t size : {65'535, 65'536}) {
    std::string bytes = client_text(std::string(size, 'x'));
    std::span<char> rest(bytes);
    EXPECT_EQ(parser.next(rest).payload, std::string(size, 'x'));
  }
}

TEST(FrameParser, UnmasksWholeMessagesInPlace) {
  FrameParser parser(max_message);
  std::string bytes = client_text("one") + client_text("two");
  std::span<char> rest(bytes);
  const auto first = parser.next(rest);
  const auto second = parser.next(rest);
  EXPECT_EQ(first.payload, "one");
  EXPECT_EQ(second.payload, "two");
  EXPECT_EQ(first.payload.data(), bytes.data() + 6);
  EXPECT_EQ(second.payload.data(), bytes.data() + 15);
}

TEST(FrameParser, RefusesUnmaskedFrames) {  // section 5.1
  expect_failure("\x81\x05Hello", CloseCode::protocol_error);
  expect_failure("\x89\0"s, CloseCode::protocol_error);
}

TEST(FrameParser, RefusesReservedBits) {  // section 5.2
  for (const int bit : {0x40, 0x20, 0x10}) {
    for (const int opcode : {0x81, 0x89, 0x8A, 0x88}) {
      expect_failure(client_frame(opcode | bit, ""), CloseCode::protocol_error);
    }
  }
}

TEST(FrameParser, RefusesReservedOpcodes) {  // section 5.2
  for (const int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    expect_failure(client_frame(0x80 | opcode, ""), CloseCode::protocol_error);
  }
}

TEST(FrameParser, RefusesLengthsInALongerForm) {  // section 5.2
  expect_failure("\x81\xFE\0\x7D"s, CloseCode::protocol_error);
  expect_failure("\x81\xFF\0\0\0\0\0\0\xFF\xFF"s, CloseCode::protocol_error);
  expect_failure("\x81\xFF\x80\0\0\0\0\1\0\0"s, CloseCode::protocol_error);
}

TEST(FrameParser, RefusesBinary) {
  expect_failure(client_frame(0x82, "x"), CloseCode::binary_refused);
  expect_failure(client_frame(0x02, "x"), CloseCode::binary_refused);
}

TEST(FrameParser, PutsFragmentsTogether) {  // section 5.4
  expect_found(client_frame(0x01, "Hel") + client_frame(0x80, "lo"), {text("Hello")});
  expect_found(client_frame(0x01, "a") + client_frame(0x00, "") + client_frame(0x00, "b") + client_frame(0x80, ""),
               {text("ab")});
  expect_found(client_frame(0x01, "") + client_frame(0x80, ""), {text("")});
  expect_found(client_frame(0x01, "one") + client_frame(0x80, "") + client_text("two"), {text("one"), text("two")});
}

TEST(FrameParser, TakesControlFramesBetweenFragments) {  // section 5.4
  expect_found(client_frame(0x01, "Hel") + client_ping("mid") + client_pong() + client_frame(0x80, "lo"),
               {{Kind::ping, "mid"}, {Kind::pong, ""}, text("Hello")});
  expect_found(client_frame(0x01, "Hel") + client_close(1000), {{Kind::close, "", 1000}});
}

TEST(FrameParser, RefusesFragmentsOutOfPlace) {  // section 5.4
  expect_failure(client_frame(0x80, "x"), CloseCode::protocol_error);
  expect_failure(client_frame(0x00, "x"), CloseCode::protocol_error);
  expect_failure(client_frame(0x01, "x") + client_text("y"), CloseCode::protocol_error);
  expect_failure(client_frame(0x01, "x") + client_frame(0x01, "y"), CloseCode::protocol_error);
  expect_failure(client_frame(0x01, "x") + client_frame(0x80, "y") + client_frame(0x80, "z"),
                 CloseCode::protocol_error);
}

TEST(FrameParser, RefusesControlFramesThatAreLongOrFragmented) {  // section 5.5
  expect_found(client_ping(std::string(125, 'x')), {{Kind::ping, std::string(125, 'x')}});
  for (const int opcode : {0x88, 0x89, 0x8A}) {
    expect_failure(client_frame(opcode, std::string(126, 'x')), CloseCode::protocol_error);
    expect_failure(client_frame(opcode & 0x0F, ""), CloseCode::protocol_error);
  }
}

TEST(FrameParser, RefusesMessagesPastTheLimit) {
  expect_found(client_text(std::string(max_message, 'x')), {text(std::string(max_message, 'x'))});
  expect_failure(client_text(std::string(max_message + 1, 'x')), CloseCode::too_big);
  expect_failure(client_frame(0x01, std::string(max_message, 'x')) + client_frame(0x80, "x"), CloseCode::too_big);
}

TEST(FrameParser, JudgesALengthBeforeItsPayloadComes) {
  expect_failure("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s + "mask", CloseCode::too_big);
  expect_failure(client_frame(0x01, "x") + "\x80\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s + "mask", CloseCode::too_big);
}

TEST(FrameParser, TakesCloseFrames) {  // section 5.5.1
  expect_found(client_frame(0x88, ""), {{Kind::close, ""}});
  expect_found(client_close(1000), {{Kind::close, "", 1000}});
  expect_found(client_close(4999, "tschüß"), {{Kind::close, "tschüß", 4999}});
}

TEST(FrameParser, RefusesMalformedCloseFrames) {  // sections 5.5.1, 7.4
  expect_failure(client_frame(0x88, "x"), CloseCode::protocol_error);
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}) {
    expect_failure(client_close(code), CloseCode::protocol_error);
  }
  expect_failure(client_close(1000, "\xFF"), CloseCode::invalid_payload);
  expect_failure(client_close(1000, "\xE6\x97"), CloseCode::invalid_payload);
}

TEST(FrameParser, ValidatesUtf8AcrossFragments) {  // section 8.1
  const std::string letter = "日";
  for (std::size_t cut = 1; cut < letter.size(); ++cut) {
    expect_found(client_frame(0x01, letter.substr(0, cut)) + client_ping() + client_frame(0x80, letter.substr(cut)),
                 {{Kind::ping, ""}, text(letter)});
  }
  expect_failure(client_text("\xC0\xAF"), CloseCode::invalid_payload);          // overlong
  expect_failure(client_text("\xED\xA0\x80"), CloseCode::invalid_payload);      // a surrogate
  expect_failure(client_text("\xF4\x90\x80\x80"), CloseCode::invalid_payload);  // past U+10FFFF
  expect_failure(client_text("\xE6\x97"), CloseCode::invalid_payload);          // cut short
  expect_failure(client_frame(0x01, "\xE6") + client_frame(0x80, "x"), CloseCode::invalid_payload);
  expect_failure(client_frame(0x01, "\xE6") + client_frame(0x80, "\x97"), CloseCode::invalid_payload);
}

TEST(FrameParser, FailsOnBadTextBeforeTheMessageEnds) {
  expect_failure(client_frame(0x01, "ok\xFF"), CloseCode::invalid_payload);
  FrameParser parser(max_message);
  std::string bytes = client_text("\xFF" + std::string(100, 'x')).substr(0, 20);
  std::span<char> rest(bytes);
  EXPECT_EQ(parser.next(rest).kind, Kind::failure);
}

TEST(FrameParser, FindsTheSameHoweverTheBytesAreCut) {
  std::mt19937 random(6455);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  for (int round = 0; round < 200; ++round) {
    std::string bytes;
    for (int frame = 0; frame < 12; ++frame) {
      constexpr int first_bytes[] = {0x81, 0x01, 0x00, 0x80, 0x89, 0x8A};
      std::string payload;
      for (std::size_t letters = below(60); letters > 0; --letters) payload += below(4) == 0 ? "é" : "x";
      if (below(8) == 0) payload.assign(below(1'000), 'y');
      bytes += client_frame(first_bytes[below(std::size(first_bytes))], payload);
    }
    if (below(3) == 0) bytes[below(bytes.size())] ^= static_cast<char>(1 << below(8));
    const auto whole = parse(bytes);
    for (const std::size_t piece : {1, 2, 5, 13, 64}) ASSERT_EQ(parse(bytes, piece), whole) << "round " << round;
  }
}

}  // namespace
}  // namespace orbit::websocket
