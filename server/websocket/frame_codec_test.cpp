#include "websocket/frame_codec.hpp"

#include <gtest/gtest.h>

#include "websocket/client_frames.hpp"

namespace orbit::websocket {
namespace {

using namespace std::string_literals;

TEST(FrameCodec, WritesTheUnmaskedSamplesOfTheRfc) {  // section 5.7
  EXPECT_EQ(encode_frame(Opcode::text, "Hello")->bytes, "\x81\x05Hello");
  EXPECT_EQ(encode_frame(Opcode::ping, "Hello")->bytes, "\x89\x05Hello");
  EXPECT_EQ(encode_frame(Opcode::pong, "")->bytes, std::string("\x8A\0", 2));
}

TEST(FrameCodec, UsesTheShortestLengthForm) {
  const auto header_of = [](std::size_t size) {
    const auto frame = encode_frame(Opcode::text, std::string(size, 'x'));
    EXPECT_EQ(frame->bytes.size(), frame->header_size + size);
    return frame->bytes.substr(0, frame->header_size);
  };
  EXPECT_EQ(header_of(0), std::string("\x81\0", 2));
  EXPECT_EQ(header_of(125), "\x81\x7D");
  EXPECT_EQ(header_of(126), std::string("\x81\x7E\0\x7E", 4));
  EXPECT_EQ(header_of(65'535), "\x81\x7E\xFF\xFF");
  EXPECT_EQ(header_of(65'536), std::string("\x81\x7F\0\0\0\0\0\x01\0\0", 10));
}

TEST(FrameCodec, MarksCompressedMessages) {  // RFC 7692, section 7.2.3.1
  EXPECT_EQ(frame_bytes(Opcode::text, "\xF2\x48\xCD\xC9\xC9\x07"s + '\0', true),
            "\xC1\x07\xF2\x48\xCD\xC9\xC9\x07"s + '\0');
}

TEST(FrameCodec, FramesCarryTheirSeqAndBothForms) {
  const auto frame = encode_frame(Opcode::text, "{}", 7, "shorter");
  EXPECT_EQ(frame->payload(), "{}");
  EXPECT_EQ(frame->seq, 7);
  EXPECT_EQ(frame->bytes_for(false), "\x81\x02{}");
  EXPECT_EQ(frame->bytes_for(true), "shorter");
  EXPECT_EQ(encode_frame(Opcode::text, "{}", 7)->bytes_for(true), "\x81\x02{}");
}

TEST(FrameCodec, CloseFramesCarryCodeAndReason) {
  EXPECT_EQ(encode_close(CloseCode::membership_ended, "removed")->bytes, "\x88\x09\x11\x33removed");
  EXPECT_EQ(encode_close(CloseCode::done, "")->bytes, "\x88\x02\x03\xE8");
  EXPECT_EQ(encode_close(std::nullopt, "ignored")->bytes, std::string("\x88\0", 2));
}

TEST(FrameCodec, CutsALongCloseReasonBetweenCharacters) {
  const auto whole = encode_close(CloseCode::done, std::string(123, 'x'));
  EXPECT_EQ(whole->payload().size(), 125);
  EXPECT_EQ(encode_close(CloseCode::done, std::string(124, 'x'))->bytes, whole->bytes);
  const auto cut = encode_close(CloseCode::done, std::string(121, 'x') + "日本");
  EXPECT_EQ(cut->payload().substr(2), std::string(121, 'x'));
}

TEST(FrameCodec, KnowsWhichCloseCodesMayBeReceived) {  // section 7.4
  const auto may = [](int code) { return may_be_received(static_cast<CloseCode>(code)); };
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    EXPECT_TRUE(may(code)) << code;
  for (const int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65'535})
    EXPECT_FALSE(may(code)) << code;
}

TEST(FrameCodec, MasksByteByByteWhateverTheLengthAndOffset) {
  for (std::size_t size = 0; size < 70; ++size) {
    for (std::size_t offset = 0; offset < 9; ++offset) {
      std::string masked(size, 'a');
      apply_mask(masked, sample_key, offset);
      for (std::size_t i = 0; i < size; ++i) {
        ASSERT_EQ(masked[i], static_cast<char>('a' ^ sample_key[(i + offset) % 4])) << size << ' ' << offset;
      }
      apply_mask(masked, sample_key, offset);
      EXPECT_EQ(masked, std::string(size, 'a'));
    }
  }
}

}  // namespace
}  // namespace orbit::websocket
