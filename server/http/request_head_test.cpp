#include "http/request_head.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace orbit::http {
namespace {

using State = RequestHead::State;

// As it arrives in one piece, and byte by byte: the same must come of both.
State state_of(std::string_view bytes) {
  RequestHead whole;
  const State state = whole.look_at(bytes);
  RequestHead dribbled;
  State last = State::unfinished;
  for (std::size_t size = 1; size <= bytes.size() && last == State::unfinished; ++size) {
    last = dribbled.look_at(bytes.substr(0, size));
  }
  EXPECT_EQ(state, last) << bytes;
  if (state == State::complete) {
    EXPECT_EQ(whole.size(), dribbled.size()) << bytes;
  }
  return state;
}

TEST(RequestHead, TakesWhatClientsSend) {
  for (const std::string_view head : {
           "GET / HTTP/1.1\r\nHost: orbit\r\n\r\n",
           "GET /a?b=c HTTP/1.1\r\nhost:orbit:8080\r\nX-Empty:\r\nX-Tab:\ta\tb\r\n\r\n",
           "GET / HTTP/1.0\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: [2001:db8::1]:8080\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: orbit\r\nX-Name: \xc3\xa9\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: orbit\r\nContent-Length: 4\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: orbit\r\nTransfer-Encoding: chunked\r\n\r\n",
           "GET http://Orbit:80/there HTTP/1.1\r\nHost: orbit:80\r\n\r\n",
           "GET /?u=http://other/ HTTP/1.1\r\nHost: orbit\r\n\r\n",
           "OPTIONS * HTTP/1.1\r\nHost: orbit\r\n\r\n",
       }) {
    EXPECT_EQ(state_of(head), State::complete) << head;
  }
}

TEST(RequestHead, KnowsWhereItEnds) {
  RequestHead head;
  const std::string_view first = "GET / HTTP/1.1\r\nHost: orbit\r\n\r\n";
  EXPECT_EQ(head.look_at(std::string(first) + "body"), State::complete);
  EXPECT_EQ(head.size(), first.size());
}

TEST(RequestHead, WaitsForTheRest) {
  for (const std::string_view beginning : {"", "G", "GET / HTTP/1.1\r", "GET / HTTP/1.1\r\nHost: orbit\r\n\r"}) {
    EXPECT_EQ(state_of(beginning), State::unfinished) << beginning;
  }
}

TEST(RequestHead, RefusesWhatTwoProgramsCouldReadDifferently) {
  const std::string host = "GET / HTTP/1.1\r\nHost: orbit\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: orbit\r\n";
  std::vector<std::string> heads{
      "\r\n" + host + "\r\n",
      "GET /\r\n",
      "GET /  HTTP/1.1\r\n",
      "GET\t/ HTTP/1.1\r\n",
      " GET / HTTP/1.1\r\n",
      "GET / HTTP/1.1 \r\n",
      "GET / http/1.1\r\n",
      "GET / HTTP/1.2\r\n",
      "GET / HTTP/2.0\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "GET /\xc3\xa9 HTTP/1.1\r\n",
      "G(T / HTTP/1.1\r\n",
      "GET / HTTP/1.1\n",
      "GET / HTTP/1.1\r\nHost: orbit\n",
      host + "X: a\rb\r\n",
      host + "X: a\r\r\n",
      host + "X: a\x7f\r\n",
      host + "X: a\x01\r\n",
      host + std::string("X: a\0b\r\n", 8),
      host + std::string("X\0: a\r\n", 7),
      host + "X: a\r\n b\r\n",
      host + "X: a\r\n\tb\r\n",
      host + " X: a\r\n",
      host + "X : a\r\n",
      host + ": a\r\n",
      host + "X\r\n",
      host + "X Y: a\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      host + "Host: orbit\r\n",
      "GET / HTTP/1.1\r\nHost: orbit, other\r\n",
      "GET / HTTP/1.1\r\nHost: orbit other\r\n",
      "GET / HTTP/1.1\r\nHost: orbit/path\r\n",
      "GET / HTTP/1.1\r\nHost: ada@orbit\r\n",
      "GET http://other/ HTTP/1.1\r\nHost: orbit\r\n\r\n",
      "GET http://orbit:81/ HTTP/1.1\r\nHost: orbit:80\r\n\r\n",
      "GET http://orbit@other/ HTTP/1.1\r\nHost: orbit\r\n\r\n",
      "GET ws://other HTTP/1.1\r\nHost: orbit\r\n\r\n",
      post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
      post + "Content-Length: 4\r\nContent-Length: 5\r\n",
      post + "Content-Length: 4\r\ncontent-length: 4\r\n",
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
  };
  for (const std::string_view coding :
       {"gzip, chunked", "chunked, gzip", "chunked, chunked", "Chunked", "CHUNKED", " chunked", "\tchunked", "chunked ",
        "chunked\t", "chunked;q=1", "\"chunked\"", "xchunked", "identity",
        "\x0b"
        "chunked",
        ""}) {
    heads.push_back(post + "Transfer-Encoding: " + std::string(coding) + "\r\n");
  }
  for (const std::string_view length : {"-1", "+1", "0x4", "4,4", "4, 4", "4 4", "4.0", "four", "", " 4", "4 ", "\t4",
                                        "18446744073709551620", "99999999999999999999999999"}) {
    heads.push_back(post + "Content-Length: " + std::string(length) + "\r\n");
  }
  for (const std::string& head : heads) EXPECT_EQ(state_of(head), State::malformed) << head;
}

}  // namespace
}  // namespace orbit::http
