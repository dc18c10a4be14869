// The server's limits by address, and whose address that is. The clients here all come from 127.0.0.1.
#include "http/server.hpp"
#include "http/server_harness.hpp"

namespace orbit::http {
namespace {

using std::chrono::seconds;

class ServerAddressTest : public ServerTest {
 protected:
  // Without limits but for those that are given.
  void start_with(const AddressLimitOptions& given, bool behind_proxy = false) {
    ServerOptions options;
    options.address_limits = &limits.emplace_back(given, clock, metrics);
    if (behind_proxy) options.trusted_proxies = TrustedProxies({kernel::AddressRange::parse("127.0.0.0/8").value()});
    start(options);
  }

  static std::string upgrade_of(const std::string& client) {
    return "GET /v1/ws HTTP/1.1\r\nHost: orbit\r\nX-Forwarded-For: " + client + "\r\n\r\n";
  }

  Client::Answer ask_for_a_socket(const std::string& client = "192.0.2.1") {
    Client asking(port);
    asking.send(upgrade_of(client));
    return asking.read();
  }

  void TearDown() override {
    context.stop();
    thread.join();
  }

  kernel::ManualClock clock;
  std::deque<AddressLimits> limits;  // of each server
};

TEST_F(ServerAddressTest, RefusesAConnectionTooManyBeforeItSaysAnything) {
  start_with({.connections = 2});
  Client first(port), second(port);
  EXPECT_EQ(first.get("/").status, 200);
  EXPECT_EQ(second.get("/").status, 200);
  {
    Client third(port);
    const auto refusal = third.read();
    EXPECT_EQ(refusal.status, 429);
    EXPECT_EQ(refusal.code(), "address.too_many_connections");
    EXPECT_EQ(refusal.header("Retry-After"), "5");
    EXPECT_TRUE(third.is_closed());
  }
  second.vanish();
  EXPECT_TRUE(eventually([&] { return Client(port).get("/").status == 200; }));
}

TEST_F(ServerAddressTest, OnlyClosesOnceItIsBusyRefusing) {
  start_with({.connections = 1});
  Client first(port);
  EXPECT_EQ(first.get("/").status, 200);
  std::deque<Client> others;
  for (int i = 0; i < 200; ++i) others.emplace_back(port);
  int answered = 0;
  for (Client& other : others) answered += other.read().status == 429 ? 1 : 0;
  EXPECT_GE(answered, 1);
  EXPECT_LT(answered, 200);
  EXPECT_LE(metric("orbit_http_connections"), 1 + 64);
  EXPECT_EQ(first.get("/").status, 200);
}

TEST_F(ServerAddressTest, CountsASocketForAsLongAsItsTakerKeepsTheLease) {
  UpgradedSocket taken;
  std::atomic<bool> has_taken{false};
  handler.on_upgrade = [&] {
    return TakeSocket([&](UpgradedSocket socket) {
      taken = std::move(socket);
      has_taken = true;
    });
  };
  start_with({.connections = 1});
  Client client(port);
  client.send(upgrade_of("192.0.2.1"));
  EXPECT_TRUE(eventually([&] { return has_taken.load(); }));
  EXPECT_EQ(Client(port).read().status, 429);
  ::close(taken.descriptor);
  taken.lease.reset();
  EXPECT_EQ(Client(port).get("/").status, 200);
}

TEST_F(ServerAddressTest, SlowsHandshakesDown) {
  start_with({.handshakes = 1, .failed_handshakes = 0});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ask_for_a_socket().status, 401);
  const auto refusal = ask_for_a_socket();
  EXPECT_EQ(refusal.status, 429);
  EXPECT_EQ(refusal.code(), "address.too_many_handshakes");
  EXPECT_EQ(refusal.header("Retry-After"), "1");
  EXPECT_EQ(Client(port).get("/other").status, 200);
  clock.advance(seconds(1));
  EXPECT_EQ(ask_for_a_socket().status, 401);
}

TEST_F(ServerAddressTest, CountsHandshakesThatFail) {
  start_with({.failed_handshakes = 3});
  for (const int status : {400, 401, 403}) {
    handler.on_upgrade = [status] { return problem(status, "refused", "Refused."); };
    EXPECT_EQ(ask_for_a_socket().status, status);
  }
  const auto refusal = ask_for_a_socket();
  EXPECT_EQ(refusal.code(), "address.too_many_failures");
  EXPECT_EQ(refusal.header("Retry-After"), "20");
}

TEST_F(ServerAddressTest, CountsNoHandshakeThatTheNodeHadNoRoomFor) {
  start_with({.failed_handshakes = 1});
  handler.on_upgrade = [] { return problem(503, "node.full", "Full."); };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask_for_a_socket().status, 503);
}

TEST_F(ServerAddressTest, CountsClientsApartBehindATrustedProxyOnly) {
  start_with({.failed_handshakes = 1}, true);
  EXPECT_EQ(ask_for_a_socket("192.0.2.1").status, 401);
  EXPECT_EQ(ask_for_a_socket("192.0.2.1").status, 429);
  EXPECT_EQ(ask_for_a_socket("192.0.2.2").status, 401);

  port = 0;  // another server, which trusts nobody
  start_with({.failed_handshakes = 1});
  EXPECT_EQ(ask_for_a_socket("192.0.2.1").status, 401);
  EXPECT_EQ(ask_for_a_socket("192.0.2.2").status, 429);
}

TEST_F(ServerAddressTest, CountsSocketsOfAClientBehindAProxyAndNotTheProxysConnections) {
  std::vector<UpgradedSocket> taken;
  std::atomic<std::size_t> count{0};
  handler.on_upgrade = [&] {
    return TakeSocket([&](UpgradedSocket socket) {
      EXPECT_EQ(::send(socket.descriptor, "HTTP/1.1 101 \r\n\r\n", 17, 0), 17);
      taken.push_back(std::move(socket));
      ++count;
    });
  };
  start_with({.connections = 1}, true);
  Client kept(port), other(port);
  EXPECT_EQ(kept.get("/").status, 200);
  EXPECT_EQ(other.get("/").status, 200);
  EXPECT_EQ(ask_for_a_socket("192.0.2.1").status, 101);
  const auto refusal = ask_for_a_socket("192.0.2.1");
  EXPECT_EQ(refusal.status, 429);
  EXPECT_EQ(refusal.code(), "address.too_many_connections");
  EXPECT_EQ(ask_for_a_socket("192.0.2.2").status, 101);
  EXPECT_TRUE(eventually([&] { return count == 2; }));
  for (const auto& socket : taken) ::close(socket.descriptor);
}

TEST_F(ServerAddressTest, TellsTheHandlerTheClientsAddress) {
  start_with({}, true);
  Client client(port);
  client.send("GET /address HTTP/1.1\r\nHost: orbit\r\nX-Forwarded-For: 192.0.2.1, 127.0.0.9\r\n\r\n");
  EXPECT_EQ(client.read().body, "192.0.2.1");
  client.send("GET /address HTTP/1.1\r\nHost: orbit\r\nX-Forwarded-For: nonsense\r\n\r\n");
  EXPECT_EQ(client.read().body, "127.0.0.1");
}

}  // namespace
}  // namespace orbit::http
