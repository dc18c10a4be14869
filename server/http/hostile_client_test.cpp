// What no well-meaning client sends: requests that two programs could read differently, and such as never end.
#include "http/server.hpp"
#include "http/server_harness.hpp"

namespace orbit::http {
namespace {

using std::chrono::milliseconds;

class HostileClientTest : public ServerTest {
 protected:
  void expect_refused(const std::string& request) {
    Client client(port);
    // What comes behind would be a request of its own, if somebody else had written the first.
    client.send(request + "GET /smuggled HTTP/1.1\r\nHost: orbit\r\n\r\n");
    const auto answer = client.read();
    EXPECT_EQ(answer.status, 400) << request;
    EXPECT_EQ(answer.header("Content-Type"), "application/problem+json") << request;
    EXPECT_EQ(answer.header("Connection"), "close") << request;
    EXPECT_TRUE(client.is_closed()) << request;
  }

  void TearDown() override {
    EXPECT_EQ(Client(port).get("/fine").status, 200);
    EXPECT_TRUE(eventually([&] { return metric("orbit_http_connections") == 0; }));
  }
};

TEST_F(HostileClientTest, GetsNothingForAMalformedHead) {
  start();
  const std::string host = "GET / HTTP/1.1\r\nHost: orbit\r\n";
  for (const std::string& request : std::vector<std::string>{
           "nonsense\r\n\r\n",
           "GET /\r\n",
           "GET /\n",
           "GET / HTTP/2.0\r\nHost: orbit\r\n\r\n",
           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
           "\x16\x03\x01\x02\x01\x01\x01\xfc\x03\x03",
           "GET /a b HTTP/1.1\r\nHost: orbit\r\n\r\n",
           "GET nowhere HTTP/1.1\r\nHost: orbit\r\n\r\n",
           "GET /%zz HTTP/1.1\r\nHost: orbit\r\n\r\n",
           "GET /%00 HTTP/1.1\r\nHost: orbit\r\n\r\n",
           "GET /%ff HTTP/1.1\r\nHost: orbit\r\n\r\n",
           "CONNECT other:443 HTTP/1.1\r\nHost: other:443\r\n\r\n",
           "GET / HTTP/1.1\nHost: orbit\n\n",
           "GET / HTTP/1.1\r\nHost: orbit\n\r\n",
           "GET / HTTP/1.1\rHost: orbit\r\r",
           host + "X: a\rb\r\n\r\n",
           host + std::string("X: a\0b\r\n\r\n", 10),
           host + std::string("X\0Y: a\r\n\r\n", 10),
           host + "X: a\r\n b\r\n\r\n",
           host + "X: a\r\n\tb\r\n\r\n",
           host + "X : a\r\n\r\n",
           host + "X\r\n\r\n",
           "GET / HTTP/1.1\r\nHost : orbit\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           host + "Host: other\r\n\r\n",
           host + "host: orbit\r\n\r\n",
           "GET http://other/ HTTP/1.1\r\nHost: orbit\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: orbit@other\r\n\r\n",
           "GET /v1/ws HTTP/1.1\r\nHost: orbit\r\nContent-Length: 4\r\n\r\nbody",
           "GET /v1/ws HTTP/1.1\r\nHost: orbit\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
       }) {
    expect_refused(request);
  }
  EXPECT_EQ(metric("orbit_http_malformed_total"), 30);
}

TEST_F(HostileClientTest, GetsNothingForABodyOfDoubtfulLength) {
  start();
  const std::string post = "POST / HTTP/1.1\r\nHost: orbit\r\n";
  const std::string chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& request : std::vector<std::string>{
           post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
           post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nbodyx",
           post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody",
           post + "Content-Length: 4, 4\r\n\r\nbody",
           post + "Content-Length: -1\r\n\r\n",
           post + "Content-Length: +4\r\n\r\nbody",
           post + "Content-Length: four\r\n\r\nbody",
           post + "Content-Length: 18446744073709551620\r\n\r\nbody",
           post + "Content-Length : 4\r\n\r\nbody",
           post + "Content-Length:\r\n 4\r\n\r\nbody",
           post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunKed\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: \tchunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.0\r\nHost: orbit\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           chunked + "zz\r\n",
           chunked + "-1\r\n",
           chunked + "0x1\r\nx\r\n0\r\n\r\n",
           chunked + " 1\r\nx\r\n0\r\n\r\n",
           chunked + "1\nx\n0\n\n",
           chunked + "1\r\nx0\r\n\r\n",
           chunked + "1\r\nxy\r\n0\r\n\r\n",
           chunked + "10000000000000001\r\nx\r\n0\r\n\r\n",
           chunked + "1;name=value\r\nx\r\n0\r\n\r\n",
           chunked + "1;\nx\r\n0\r\n\r\n",
           chunked + "1\r\nx\r\n0;last\r\n\r\n",
           chunked + "1\r\nx\r\n0\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n",
           chunked + "1\r\nx\r\n0\r\nContent-Length: 5\r\n\r\n",
       }) {
    expect_refused(request);
  }
}

TEST_F(HostileClientTest, IsCutOffWhereARequestNeverEnds) {
  start({.read_timeout = milliseconds(30), .idle_timeout = milliseconds(60'000)});
  for (const char* beginning : {"", "GET / HT", "GET / HTTP/1.1\r\nHost: orbit\r\n",
                                "POST / HTTP/1.1\r\nHost: orbit\r\nContent-Length: 10\r\n\r\nhalf",
                                "POST / HTTP/1.1\r\nHost: orbit\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nha"}) {
    Client client(port);
    client.send(beginning);
    EXPECT_TRUE(client.is_closed()) << beginning;
  }
}

// Each byte alone is in time; all together are not.
TEST_F(HostileClientTest, IsCutOffWhereARequestDribbles) {
  start({.read_timeout = milliseconds(100), .idle_timeout = milliseconds(60'000)});
  for (const std::string beginning :
       {"GET / HTTP/1.1\r\nHost: orbit\r\nX: ", "POST / HTTP/1.1\r\nHost: orbit\r\nContent-Length: 60000\r\n\r\n"}) {
    Client client(port);
    client.send(beginning);
    int sent = 0;
    EXPECT_TRUE(eventually([&] {
      client.send("x");
      ++sent;
      return client.closes_within(milliseconds(1));
    })) << beginning;
    EXPECT_GT(sent, 1) << beginning;
  }
}

TEST_F(HostileClientTest, IsCutOffWhereItsAnswerIsNotRead) {
  start({.idle_timeout = milliseconds(100)});
  Client client(port);
  client.send("GET /held HTTP/1.1\r\nHost: orbit\r\n\r\n");
  handler.wait_for_held()({200, {}, std::string(32 * 1024 * 1024, 'x')});
  EXPECT_TRUE(eventually([&] { return metric("orbit_http_connections") == 0; }));
}

TEST_F(HostileClientTest, IsNotReadAheadOfItsAnswer) {
  start();
  Client client(port);
  client.send("GET /held HTTP/1.1\r\nHost: orbit\r\n\r\n");
  auto respond = handler.wait_for_held();
  std::string many;
  for (int i = 0; i < 1'000; ++i) many += "GET /held HTTP/1.1\r\nHost: orbit\r\n\r\n";
  // The kernel takes a few megabytes for a reader who doesn't come.
  const std::size_t taken = client.send_what_is_taken(many, 64 * 1024 * 1024);
  EXPECT_LT(taken, 64 * 1024 * 1024U);
  EXPECT_EQ(handler.held(), 0U);
  client.vanish();
  respond({200, {}, "late"});
}

TEST_F(HostileClientTest, WaitsForItsTurnWithManyRequestsAtOnce) {
  start();
  Client client(port);
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: orbit\r\n\r\n";
  std::jthread sender([&] { client.send(many); });
  for (int i = 0; i < 2'000; ++i) ASSERT_EQ(client.read().body, "GET /" + std::to_string(i) + " ");
}

}  // namespace
}  // namespace orbit::http
