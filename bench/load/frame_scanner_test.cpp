#include "load/frame_scanner.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace orbit::bench {
namespace {

struct Seen {
  Opcode opcode;
  std::string beginning;
  std::uint64_t size;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::string frame(Opcode opcode, const std::string& payload) {
  std::string out{static_cast<char>(0x80 | static_cast<int>(opcode))};
  const std::size_t size = payload.size();
  if (size < 126) {
    out += static_cast<char>(size);
  } else {
    const int bytes = size < 65536 ? 2 : 8;
    out += static_cast<char>(bytes == 2 ? 126 : 127);
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(size >> (8 * i));
  }
  return out + payload;
}

std::vector<Seen> scan_in_pieces(const std::string& stream, std::size_t piece) {
  FrameScanner scanner;
  std::vector<Seen> seen;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    const std::string copy = stream.substr(at, piece);
    std::string_view bytes = copy;
    for (;;) {
      const auto found = scanner.next(bytes);
      EXPECT_TRUE(found.has_value());
      if (!found || !*found) break;
      seen.push_back({(*found)->opcode, std::string((*found)->beginning), (*found)->size});
    }
    EXPECT_TRUE(bytes.empty());
  }
  return seen;
}

TEST(FrameScanner, FindsTheSameFramesHoweverTheirBytesAreSplit) {
  const std::string middling(300, 'm');
  const std::string long_one = "begin" + std::string(70'000, 'x');
  const std::string stream = frame(Opcode::text, "one") + frame(Opcode::ping, "") + frame(Opcode::text, middling) +
                             frame(Opcode::text, long_one) + frame(Opcode::close, "\x03\xe8");
  const std::vector<Seen> expected{{Opcode::text, "one", 3},
                                   {Opcode::ping, "", 0},
                                   {Opcode::text, middling, 300},
                                   {Opcode::text, long_one.substr(0, FrameScanner::kept), 70'005},
                                   {Opcode::close, "\x03\xe8", 2}};
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{509}, stream.size()}) {
    EXPECT_EQ(scan_in_pieces(stream, piece), expected) << "in pieces of " << piece;
  }
}

TEST(FrameScanner, RefusesWhatAServerMustNotSend) {
  const std::string masked("\x81\x80\x01\x02\x03\x04", 6);
  const std::string in_parts("\x01\x01x", 3);
  const std::string reserved("\xc1\x01x", 3);
  for (const std::string& bad : {masked, in_parts, reserved}) {
    FrameScanner scanner;
    std::string_view bytes = bad;
    EXPECT_FALSE(scanner.next(bytes).has_value());
  }
}

TEST(FactsOf, FindsTypeAndSeqWithoutReadingTheRest) {
  const auto durable = facts_of(R"({"type":"team.updated","seq":42,"team":{"id":"team_1"}})");
  EXPECT_EQ(durable.type, "team.updated");
  EXPECT_EQ(durable.seq, 42);
  const auto hello =
      facts_of(R"({"type":"hello","memberId":"mbr_1","workspaceId":"ws_1","epoch":"e","seq":7,"presence":[)");
  EXPECT_EQ(hello.type, "hello");
  EXPECT_EQ(hello.seq, 7);
}

TEST(FactsOf, IsNotMisled) {
  EXPECT_EQ(facts_of(R"({"type":"presence.update","memberId":"mbr_1"})").seq, std::nullopt);
  EXPECT_EQ(facts_of(R"({"type":"workspace.updated","workspace":{"name":"\"seq\":9"}})").seq, std::nullopt);
  EXPECT_EQ(facts_of("no event").type, "");
  EXPECT_EQ(facts_of("").type, "");
}

TEST(MaskedFrame, UnmasksToItsPayload) {
  for (const std::string& payload : {std::string("ping me"), std::string(200, 'z')}) {
    const std::string sent = masked_frame(Opcode::text, payload);
    const std::size_t header = payload.size() < 126 ? 2 : 4;
    ASSERT_EQ(sent.size(), header + 4 + payload.size());
    EXPECT_EQ(sent[0], '\x81');
    EXPECT_NE(sent[1] & 0x80, 0);
    std::string plain = sent.substr(header + 4);
    for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<char>(plain[i] ^ sent[header + i % 4]);
    EXPECT_EQ(plain, payload);
  }
}

}  // namespace
}  // namespace orbit::bench
