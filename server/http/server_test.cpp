#include "http/server.hpp"

#include <atomic>
#include <future>

#include "http/server_harness.hpp"

namespace orbit::http {
namespace {

using std::chrono::milliseconds;

TEST_F(ServerTest, KeepsTheConnectionForTheNextRequest) {
  start();
  Client client(port);
  EXPECT_EQ(client.get("/one").body, "GET /one ");
  EXPECT_EQ(client.get("/two?x=1").body, "GET /two ");
  client.send("POST /three HTTP/1.1\r\nHost: orbit\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_EQ(client.read().body, "POST /three body");
  client.send(
      "POST /four HTTP/1.1\r\nHost: orbit\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n1\r\ny\r\n0\r\n\r\n");
  EXPECT_EQ(client.read().body, "POST /four body");
  EXPECT_EQ(metric("orbit_http_connections"), 1);
}

TEST_F(ServerTest, ClosesWhereTheClientAsksForIt) {
  start();
  for (const char* request : {"GET / HTTP/1.1\r\nHost: orbit\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    Client client(port);
    client.send(request);
    EXPECT_EQ(client.read().status, 200);
    EXPECT_TRUE(client.is_closed());
  }
}

TEST_F(ServerTest, AnswersPipelinedRequestsOneAfterTheOther) {
  start();
  Client client(port);
  client.send(
      "GET /held HTTP/1.1\r\nHost: orbit\r\n\r\nGET /held HTTP/1.1\r\nHost: orbit\r\n\r\n"
      "GET /last HTTP/1.1\r\nHost: orbit\r\n\r\n");
  auto first = handler.wait_for_held();
  EXPECT_EQ(handler.held(), 0U);
  first({200, {}, "first"});
  handler.wait_for_held()({200, {}, "second"});
  EXPECT_EQ(client.read().body, "first");
  EXPECT_EQ(client.read().body, "second");
  EXPECT_EQ(client.read().body, "GET /last ");
}

TEST_F(ServerTest, RefusesHeadsAndBodiesBeyondTheirLimits) {
  start({.max_head_bytes = 512, .max_body_bytes = 16});
  const std::string post = "POST / HTTP/1.1\r\nHost: orbit\r\n";
  const struct {
    std::string request;
    int status;
    std::string code;
  } cases[] = {
      {"GET /" + std::string(600, 'a') + " HTTP/1.1\r\nHost: orbit\r\n\r\n", 431, "request.head_too_large"},
      {"GET / HTTP/1.1\r\nHost: orbit\r\nX-Long: " + std::string(600, 'a'), 431, "request.head_too_large"},
      {post + "Content-Length: 17\r\n\r\n", 413, "request.body_too_large"},
      {post + "Content-Length: 999999999999\r\n\r\n", 413, "request.body_too_large"},
      {post + "Transfer-Encoding: chunked\r\n\r\n11\r\n" + std::string(17, 'a'), 413, "request.body_too_large"},
  };
  for (const auto& [request, status, code] : cases) {
    Client client(port);
    client.send(request);
    const auto answer = client.read();
    EXPECT_EQ(answer.status, status) << request;
    EXPECT_EQ(answer.code(), code) << request;
    EXPECT_TRUE(client.is_closed()) << request;
  }
  EXPECT_EQ(metric("orbit_http_malformed_total"), 5);
}

TEST_F(ServerTest, TakesAbsoluteTargets) {
  start();
  Client client(port);
  client.send("GET http://orbit:8080/there?x=1 HTTP/1.1\r\nHost: orbit:8080\r\n\r\n");
  EXPECT_EQ(client.read().body, "GET /there ");
  for (const char* target : {"http://orbit", "https://orbit?x=/", "/?x=1"}) {
    client.send("GET " + std::string(target) + " HTTP/1.1\r\nHost: orbit\r\n\r\n");
    EXPECT_EQ(client.read().body, "GET / ") << target;
  }
}

TEST_F(ServerTest, ClosesAConnectionThatStaysIdle) {
  start({.idle_timeout = milliseconds(30)});
  Client client(port);
  EXPECT_EQ(client.get("/").status, 200);
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, GivesAHandlerAllTheTimeItNeeds) {
  start({.read_timeout = milliseconds(100), .idle_timeout = milliseconds(100)});
  Client slow(port);
  slow.send("GET /held HTTP/1.1\r\nHost: orbit\r\n\r\n");
  auto respond = handler.wait_for_held();
  EXPECT_TRUE(Client(port).is_closed());  // its time is up, and so would be that of the other
  respond({200, {}, "late"});
  EXPECT_EQ(slow.read().body, "late");
}

TEST_F(ServerTest, AnswersHeadWithoutABodyWhoeverAnswers) {
  start();
  Client client(port);
  for (const char* path : {"/there", "/refused", "/v1/ws"}) {
    client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: orbit\r\n\r\n");
    const auto answer = client.read(true);
    EXPECT_GT(std::stoi(answer.header("Content-Length")), 0) << path;
    EXPECT_EQ(client.get("/next").body, "GET /next ") << path;
  }
}

TEST_F(ServerTest, AsksForABodyThatWaitsToBeAskedFor) {
  start({.max_body_bytes = 16});
  Client client(port);
  client.send("POST / HTTP/1.1\r\nHost: orbit\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read().status, 100);
  client.send("body");
  EXPECT_EQ(client.read().body, "POST / body");
  client.send("POST / HTTP/1.1\r\nHost: orbit\r\nContent-Length: 17\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read().status, 413);
}

TEST_F(ServerTest, RefusesConnectionsItHasNoRoomFor) {
  start({.max_connections = 1});
  auto first = std::make_unique<Client>(port);
  EXPECT_EQ(first->get("/").status, 200);
  auto second = std::make_unique<Client>(port);
  const auto refusal = second->read();
  EXPECT_EQ(refusal.status, 503);
  EXPECT_EQ(refusal.code(), "node.full");
  EXPECT_EQ(refusal.header("Retry-After"), "2");
  EXPECT_TRUE(second->is_closed());
  EXPECT_EQ(metric("orbit_http_refused_total"), 1);
  EXPECT_EQ(first->get("/").status, 200);

  first.reset();
  second.reset();
  EXPECT_TRUE(eventually([&] { return metric("orbit_http_connections") == 0; }));
  EXPECT_EQ(Client(port).get("/").status, 200);
}

TEST_F(ServerTest, HasRoomOfItsOwnBesideOtherServers) {
  metrics.gauge("orbit_http_connections", "").add(5);  // of other servers
  start({.max_connections = 1});
  EXPECT_EQ(Client(port).get("/").status, 200);
}

TEST_F(ServerTest, SaysGoodbyeWhenItDrains) {
  Server& stopping = start();
  Client idle(port), waiting(port);
  EXPECT_EQ(idle.get("/").header("Connection"), "");
  waiting.send("GET /held HTTP/1.1\r\nHost: orbit\r\n\r\n");
  auto respond = handler.wait_for_held();
  stopping.end_keep_alive();
  std::promise<void> empty;
  stopping.drain(std::chrono::milliseconds(0), [&] { empty.set_value(); });
  EXPECT_TRUE(idle.is_closed());
  respond({200, {}, "done"});
  respond = nullptr;  // which keeps the connection
  const auto last = waiting.read();
  EXPECT_EQ(last.body, "done");
  EXPECT_EQ(last.header("Connection"), "close");
  EXPECT_TRUE(waiting.is_closed());
  waiting.vanish();
  EXPECT_EQ(empty.get_future().wait_for(std::chrono::seconds(5)), std::future_status::ready);
  EXPECT_FALSE(Client(port).connected());
}

TEST_F(ServerTest, IsOpenToNewConnectionsUntilItsLeaveHasBeenNoticed) {
  Server& stopping = start();
  Client idle(port);
  EXPECT_EQ(idle.get("/").status, 200);
  stopping.end_keep_alive();
  stopping.drain(std::chrono::seconds(60), [] {});
  Client late(port);
  const auto answer = late.get("/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("Connection"), "close");
  EXPECT_EQ(idle.get("/").header("Connection"), "close");
}

TEST_F(ServerTest, AnswersAConnectionThatWasAcceptedBeforeItClosedItsPort) {
  Server& stopping = start();
  Client newcomer(port);
  ASSERT_TRUE(newcomer.connected());
  EXPECT_TRUE(eventually([&] { return metric("orbit_http_connections") == 1; }));
  stopping.end_keep_alive();
  stopping.drain(std::chrono::milliseconds(0), [] {});
  EXPECT_TRUE(eventually([&] { return !Client(port).connected(); }));
  EXPECT_EQ(newcomer.get("/").status, 200);
}

TEST_F(ServerTest, LosesNoRequestOfThoseWhoConnectWhileItCloses) {
  Server& stopping = start();
  std::atomic<int> answered{0}, lost{0};
  std::vector<std::jthread> knocking;
  for (int i = 0; i < 8; ++i) {
    knocking.emplace_back([&] {
      for (;;) {
        Client client(port);
        if (!client.connected()) return;
        client.send("POST /x HTTP/1.1\r\nHost: orbit\r\nContent-Length: 0\r\n\r\n");
        ++(client.read().status == 200 ? answered : lost);
      }
    });
  }
  EXPECT_TRUE(eventually([&] { return answered > 100; }));
  stopping.end_keep_alive();
  stopping.drain(std::chrono::milliseconds(0), [] {});
  knocking.clear();
  EXPECT_EQ(lost, 0);
}

TEST_F(ServerTest, OutlivesAClientThatLeavesBeforeItsAnswer) {
  start();
  {
    Client client(port);
    client.send("GET /held HTTP/1.1\r\nHost: orbit\r\n\r\n");
    auto respond = handler.wait_for_held();
    client.vanish();
    respond({200, {}, std::string(1'000'000, 'x')});
  }
  EXPECT_TRUE(eventually([&] { return metric("orbit_http_connections") == 0; }));
  EXPECT_EQ(Client(port).get("/").status, 200);
}

TEST_F(ServerTest, ClosesAConnectionWhoseAnswerIsNeverGiven) {
  start();
  Client client(port);
  client.send("GET /held HTTP/1.1\r\nHost: orbit\r\n\r\n");
  {
    const Respond dropped = handler.wait_for_held();
  }
  EXPECT_TRUE(client.is_closed());
}

TEST_F(ServerTest, GoesOnAfterARefusedUpgrade) {
  start();
  Client client(port);
  EXPECT_EQ(client.get("/v1/ws?workspace=acme").status, 401);
  EXPECT_EQ(client.get("/next").status, 200);
}

TEST_F(ServerTest, HandsAnUpgradedSocketOverWithWhatCameBehindTheRequest) {
  std::string leftover;
  std::thread::id taken_on;
  handler.on_upgrade = [&] {
    return TakeSocket([&](UpgradedSocket socket) {
      leftover = std::move(socket.leftover);
      taken_on = std::this_thread::get_id();
      EXPECT_EQ(::send(socket.descriptor, "101", 3, 0), 3);
      ::close(socket.descriptor);
    });
  };
  start();
  Client client(port);
  client.send("GET /v1/ws HTTP/1.1\r\nHost: orbit\r\n\r\nframes");
  EXPECT_EQ(client.read_exactly(3), "101");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(leftover, "frames");
  EXPECT_EQ(taken_on, thread.get_id());
  EXPECT_TRUE(eventually([&] { return metric("orbit_http_connections") == 0; }));
}

TEST_F(ServerTest, GivesEachRequestAnIdOfItsOwnWhicheverServerReadsIt) {
  start();
  Client client(port);
  const auto first = client.get("/refused"), second = client.get("/refused");
  port = 0;  // another server, on a port of its own
  start();
  const auto elsewhere = Client(port).get("/refused");
  EXPECT_NE(first.request_id(), "");
  EXPECT_NE(first.request_id(), second.request_id());
  EXPECT_NE(first.request_id(), elsewhere.request_id());
  EXPECT_NE(second.request_id(), elsewhere.request_id());
}

TEST_F(ServerTest, CountsWhatItAnswersAndWhatItCouldNotRead) {
  start();
  Client client(port);
  EXPECT_EQ(client.get("/").status, 200);
  client.send("nonsense\r\n\r\n");
  EXPECT_EQ(client.read().status, 400);
  EXPECT_EQ(metric("orbit_http_requests_total"), 2);
  EXPECT_EQ(metric("orbit_http_malformed_total"), 1);
}

TEST_F(ServerTest, SharesAPortWithinTheProgramOnly) {
  start();
  Server shard(context, handler, metrics, {});
  EXPECT_TRUE(shard.listen("127.0.0.1", port, true));
  Server stranger(context, handler, metrics, {});
  const auto refused = stranger.listen("127.0.0.1", port, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "listen.failed");
  EXPECT_NE(refused.error().message.find(std::to_string(port)), std::string::npos);
}

TEST_F(ServerTest, FindsItsPortFreeWhileItsThreadIsAtWork) {
  start();
  boost::asio::io_context nobodys;
  for (int i = 0; i < 2'000; ++i) {
    auto free = reserve_free_port(nobodys, "127.0.0.1");
    ASSERT_TRUE(free);
    free->hold.reset();
    Server server(context, handler, metrics, {});
    const auto listening = server.listen("127.0.0.1", free->port, false);
    ASSERT_TRUE(listening) << listening.error().message << " after " << i;
  }
}

}  // namespace
}  // namespace orbit::http
