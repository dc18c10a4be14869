#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <map>
#include <thread>

#include "websocket/shard_harness.hpp"

namespace orbit::websocket {
namespace {

using namespace std::chrono_literals;

TEST(Shard, ReportsWholeTextMessages) {
  ShardHarness harness;
  Client client = harness.connect();
  client.send(client_text("one") + client_frame(0x01, "tw"));
  harness.run();
  EXPECT_EQ(harness.events.texts, std::vector<std::string>{"one"});
  client.send(client_frame(0x80, "o"));
  harness.run();
  EXPECT_EQ(harness.events.texts, (std::vector<std::string>{"one", "two"}));
}

TEST(Shard, ReadsWhatCameBehindTheRequest) {
  ShardHarness harness;
  Client client = harness.connect(client_text("early") + client_text("cut").substr(0, 5));
  client.send(client_text("cut").substr(5));
  harness.run();
  EXPECT_EQ(harness.events.texts, (std::vector<std::string>{"early", "cut"}));
}

TEST(Shard, ReportsWhatWaitsForASocketAndSinceWhenItIsThere) {
  ShardHarness harness;
  Client client = harness.connect();
  const auto opened_at = harness.clock.now();
  harness.clock.advance(3s);
  harness.shard.send(harness.slot(0), encode_frame(Opcode::text, std::string(900'000, 'x'), 1));
  harness.run();
  ConnectionReports reports;
  harness.shard.with_reports({harness.slot(0), {7, 7}}, [&](auto answer) { reports = std::move(answer); });
  EXPECT_TRUE(reports.empty()) << "it comes on the shard's thread";
  harness.run();
  ASSERT_EQ(reports.size(), 2U);
  ASSERT_TRUE(reports[0].has_value());
  EXPECT_EQ(reports[0]->opened_at, opened_at);
  EXPECT_GT(reports[0]->queued_bytes, 100'000U);
  EXPECT_EQ(reports[1], std::nullopt);
}

TEST(Shard, AnswersPingsWithTheirPayload) {
  ShardHarness harness;
  Client client = harness.connect();
  client.send(client_ping("are you there?"));
  harness.run();
  EXPECT_EQ(client.read(), encode_frame(Opcode::pong, "are you there?")->bytes);
}

TEST(Shard, CloseSendsWhatWasSentBeforeAndNothingAfter) {
  ShardHarness harness;
  Client client = harness.connect();
  harness.subscribe(0, 1);
  harness.broadcast({1}, "you were removed");
  harness.shard.close(harness.slot(0), CloseCode::membership_ended, "removed");
  harness.broadcast({1}, "not for you");
  harness.shard.send(harness.slot(0), encode_frame(Opcode::text, "nor this", 2));
  harness.run();
  client.send(client_ping());
  harness.broadcast({1}, "nor this");
  harness.run();
  EXPECT_EQ(client.read(), server_text("you were removed") + server_close(4403, "removed"));
  EXPECT_EQ(harness.events.closed_ids.size(), 1);
  EXPECT_EQ(harness.closed_by("server"), 1);
}

TEST(Shard, EndsTheConnectionWhenThePeerAnswersTheClose) {
  ShardHarness harness;
  Client client = harness.connect();
  harness.shard.close(harness.slot(0), CloseCode::session_ended, "");
  harness.run();
  EXPECT_EQ(client.read(), server_close(4401));
  EXPECT_FALSE(client.at_end());
  client.send(client_text("ignored") + client_close(4401));
  harness.run();
  EXPECT_EQ(client.read(), "");
  EXPECT_TRUE(client.at_end());
  EXPECT_EQ(harness.shard.connection_count(), 0);
  EXPECT_TRUE(harness.events.texts.empty());
  EXPECT_EQ(harness.events.closed_ids.size(), 1);
}

TEST(Shard, DropsAPeerThatDoesNotAnswerTheCloseInTime) {
  ShardHarness harness;
  Client client = harness.connect();
  harness.shard.close(harness.slot(0), CloseCode::done, "");
  harness.run();
  harness.pass(4900ms);
  EXPECT_EQ(harness.shard.connection_count(), 1);
  harness.pass(100ms);
  EXPECT_EQ(harness.shard.connection_count(), 0);
  EXPECT_EQ(client.read(), server_close(1000));
  EXPECT_TRUE(client.at_end());
}

TEST(Shard, SendsItsCloseFrameThoughThePeersCrossesIt) {
  const std::string pong = encode_frame(Opcode::pong, {})->bytes;
  for (const std::string& crossing : {client_close(1000), std::string("no frame at all")}) {
    ShardHarness harness({.message_burst = 1});
    Client client = harness.connect();
    client.send(client_ping() + client_ping() + crossing);
    harness.run();
    EXPECT_EQ(client.read(), pong + server_close(4429, "too many messages"));
    EXPECT_TRUE(client.at_end());
    EXPECT_EQ(harness.events.closed_ids.size(), 1);
  }
}

TEST(Shard, EchoesThePeersClose) {
  ShardHarness harness;
  Client client = harness.connect();
  client.send(client_close(1001, "bye") + client_text("after the end"));
  harness.run();
  EXPECT_EQ(client.read(), server_close(1001));
  EXPECT_TRUE(client.at_end());
  EXPECT_TRUE(harness.events.texts.empty());
  EXPECT_EQ(harness.events.closed_ids.size(), 1);
  EXPECT_EQ(harness.closed_by("peer"), 1);
}

TEST(Shard, EchoesACloseWithoutCode) {
  ShardHarness harness;
  Client client = harness.connect();
  client.send(client_frame(0x88, ""));
  harness.run();
  EXPECT_EQ(client.read(), encode_close(std::nullopt, {})->bytes);
  EXPECT_TRUE(client.at_end());
}

TEST(Shard, FailsAPeerThatBreaksARule) {
  const std::pair<std::string, int> cases[] = {{"\x81\x01x", 1002},
                                               {client_frame(0x82, "x"), 1003},
                                               {client_text("\xFF"), 1007},
                                               {client_text(std::string(16 * 1024 + 1, 'x')), 1009}};
  for (const auto& [bytes, code] : cases) {
    ShardHarness harness;
    Client client = harness.connect();
    client.send(bytes + client_text("ignored"));
    harness.run();
    const std::string got = client.read();
    EXPECT_EQ(got.substr(2, 2), close_payload(code)) << code;
    EXPECT_EQ(got.front(), '\x88');
    EXPECT_TRUE(client.at_end()) << "the server's half should have ended";
    EXPECT_TRUE(harness.events.texts.empty());
    EXPECT_EQ(harness.events.closed_ids.size(), 1);
    EXPECT_EQ(harness.closed_by("protocol"), 1);
    EXPECT_EQ(harness.shard.connection_count(), 1);
    client.hang_up();
    harness.run();
    EXPECT_EQ(harness.shard.connection_count(), 0);
  }
}

TEST(Shard, ReportsAPeerThatHangsUp) {
  ShardHarness harness;
  Client client = harness.connect();
  client.hang_up();
  harness.run();
  EXPECT_EQ(harness.events.closed_ids.size(), 1);
  EXPECT_EQ(harness.closed_by("peer"), 1);
  EXPECT_EQ(harness.metric("orbit_websocket_connections"), 0);
}

TEST(Shard, SurvivesWritingToAPeerThatIsGone) {
  ShardHarness harness;
  Client client = harness.connect();
  harness.subscribe(0, 1);
  harness.run();
  harness.broadcast({1}, "x");
  client.hang_up();
  harness.run();
  harness.broadcast({1}, "y");
  harness.run();
  EXPECT_EQ(harness.events.closed_ids.size(), 1);
  EXPECT_EQ(harness.shard.connection_count(), 0);
}

/// Two ends of a TCP connection: the server's first.
std::pair<int, int> tcp_pair() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::listen(listener, 1), 0);
  EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const int client = ::socket(AF_INET, SOCK_STREAM, 0);
  EXPECT_EQ(::connect(client, reinterpret_cast<sockaddr*>(&address), size), 0);
  const int server = ::accept(listener, nullptr, nullptr);
  ::close(listener);
  return {server, client};
}

TEST(Shard, TakesAResetOfTheConnectionForItsEnd) {
  ShardHarness harness;
  const auto [server, client_end] = tcp_pair();
  Client client(client_end);
  harness.shard.adopt(server, {}, {.response = "response"});
  const linger reset{1, 0};
  ASSERT_EQ(::setsockopt(client_end, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
  client.hang_up();
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (harness.events.closed_ids.empty() && std::chrono::steady_clock::now() < deadline) {
    harness.context.run_one_for(100ms);
  }
  EXPECT_EQ(harness.events.closed_ids.size(), 1);
  EXPECT_EQ(harness.closed_by("broken"), 1);
}

TEST(Shard, TakesCallsFromManyThreadsEachInItsOrder) {
  ShardHarness harness({.max_queued_bytes = 64 << 20});
  Client client = harness.connect();
  harness.subscribe(0, 1);
  harness.run();
  constexpr int calls = 2'000;
  std::jthread loop([&] { harness.context.run(); });
  {
    std::vector<std::jthread> callers;
    for (const char name : {'a', 'b', 'c'}) {
      callers.emplace_back([&, name] {
        for (int i = 0; i < calls; ++i) {
          harness.broadcast({1}, name + std::to_string(i));
          harness.subscribe(0, 2);
          harness.shard.unsubscribe(harness.slot(0), 2);
          EXPECT_TRUE(harness.shard.accepting());
        }
      });
    }
  }
  harness.shard.close(harness.slot(0), CloseCode::done, "");
  std::string got;
  char buffer[4096];
  while (!got.ends_with(server_close(1000))) {
    const ssize_t size = ::recv(client.descriptor(), buffer, sizeof buffer, 0);
    ASSERT_GT(size, 0);
    got.append(buffer, static_cast<std::size_t>(size));
  }
  harness.context.stop();
  loop.join();
  std::map<char, int> next;
  std::string_view rest = got;
  while (!rest.starts_with('\x88')) {
    const auto length = static_cast<std::size_t>(rest[1]);
    const auto payload = rest.substr(2, length);
    EXPECT_EQ(payload.substr(1), std::to_string(next[payload[0]]++));
    rest.remove_prefix(2 + length);
  }
  for (const char name : {'a', 'b', 'c'}) EXPECT_EQ(next[name], calls);
}

}  // namespace
}  // namespace orbit::websocket
