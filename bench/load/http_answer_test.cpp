#include "load/http_answer.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace orbit::bench {
namespace {

std::vector<HttpAnswer> read_in_pieces(const std::string& stream, std::size_t piece) {
  HttpAnswerParser parser;
  std::vector<HttpAnswer> answers;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    const std::string copy = stream.substr(at, piece);
    std::string_view bytes = copy;
    while (!bytes.empty()) {
      auto answer = parser.take(bytes);
      EXPECT_TRUE(answer.has_value());
      if (!answer) return answers;
      if (*answer) answers.push_back(**std::move(answer));
    }
  }
  return answers;
}

TEST(HttpAnswerParser, FindsTheSameAnswersHoweverTheirBytesAreSplit) {
  const std::string stream =
      "HTTP/1.1 201 Created\r\nSet-Cookie: a=b; Path=/\r\ncontent-length: 11\r\n\r\n{\"id\":\"x\"}\n"
      "HTTP/1.1 204 No Content\r\nVary: Origin\r\n\r\n"
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 4\r\n\r\nbusy";
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    const auto answers = read_in_pieces(stream, piece);
    ASSERT_EQ(answers.size(), 3) << "in pieces of " << piece;
    EXPECT_EQ(answers[0].status, 201);
    EXPECT_EQ(answers[0].header("set-cookie"), "a=b; Path=/");
    EXPECT_EQ(answers[0].body, "{\"id\":\"x\"}\n");
    EXPECT_EQ(answers[1].status, 204);
    EXPECT_EQ(answers[1].body, "");
    EXPECT_EQ(answers[2].status, 503);
    EXPECT_EQ(answers[2].header("Retry-After"), "2");
    EXPECT_EQ(answers[2].header("Location"), "");
    EXPECT_EQ(answers[2].body, "busy");
  }
}

TEST(HttpAnswerParser, LeavesWhatComesBehindAnUpgrade) {
  HttpAnswerParser parser;
  std::string_view bytes = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi";
  const auto answer = parser.take(bytes);
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->status, 101);
  EXPECT_EQ(bytes, "\x81\x02hi");
}

TEST(HttpAnswerParser, RefusesWhatIsNoAnswer) {
  HttpAnswerParser parser;
  std::string_view bytes = "SSH-2.0-OpenSSH\r\n\r\n";
  EXPECT_FALSE(parser.take(bytes).has_value());
}

TEST(JsonString, TakesTheFirstOfItsKey) {
  EXPECT_EQ(json_string(R"({"invite":{"id":"inv_1"},"token":"t"})", "id"), "inv_1");
  EXPECT_EQ(json_string(R"({"invite":{"id":"inv_1"},"token":"t"})", "token"), "t");
  EXPECT_EQ(json_string(R"({"id":7})", "id"), "");
  EXPECT_EQ(json_string("{}", "id"), "");
}

TEST(JsonNumber, TakesOnlyNumbers) {
  EXPECT_EQ(json_number(R"({"epoch":"e","seq":1234,"x":1})", "seq"), 1234);
  EXPECT_EQ(json_number(R"({"seq":"12"})", "seq"), std::nullopt);
  EXPECT_EQ(json_number(R"({"seq":)", "seq"), std::nullopt);
}

}  // namespace
}  // namespace orbit::bench
