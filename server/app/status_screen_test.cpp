#include "app/status_screen.hpp"

#include <gtest/gtest.h>

#include "http/admin_json.hpp"

namespace orbit::app {
namespace {

using std::chrono::milliseconds;

http::NodeStatus status() {
  http::NodeStatus status;
  status.node = "a";
  status.version = "1.2.3";
  status.uptime = milliseconds{3'723'000};
  status.database = "postgresql";
  status.connections = 12'345;
  status.backplane = "nats";
  status.backplane_connected = true;
  status.peers = {{"b", "0198c0de"}};
  status.top_workspaces = {{"acme", "Acme", 1'200, 80}, {"globex", "Globex", 300, 7}};
  return status;
}

std::string drawn(const http::NodeStatus& shown, const ScreenOptions& options = {}) {
  StatusScreen screen;
  EXPECT_TRUE(screen.add(http::to_json(shown)).has_value());
  return screen.draw(options);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(StatusScreenTest, ShowsWhatTheApiAnswers) {
  const std::string text = drawn(status());
  for (const char* part :
       {"orbit 1.2.3  a", "up 1h 2m", "12,345", "● b", "over nats", "acme", "1,200", "globex", "up to date"}) {
    EXPECT_TRUE(has(text, part)) << part << " in\n" << text;
  }
  EXPECT_FALSE(has(text, "\x1b")) << "there is no terminal to take it";
  EXPECT_TRUE(has(drawn(status(), {80, true, {}}), "\x1b[1m"));
}

TEST(StatusScreenTest, SaysWhatIsWrong) {
  auto troubled = status();
  troubled.backplane_connected = false;
  troubled.relay_lag = {1'500, 2, 9};
  const std::string text = drawn(troubled, {80, false, "Nothing answers."});
  EXPECT_TRUE(has(text, "nats is out of reach"));
  EXPECT_TRUE(has(text, "1,500 events behind, in 2 of 9 workspaces"));
  EXPECT_TRUE(has(text, "Nothing answers."));
}

TEST(StatusScreenTest, LetsNoNameReachTheTerminalAsACommand) {
  auto named = status();
  named.top_workspaces.front().slug = "a\x1b[2J";
  named.peers.front().name = "b\x07";
  EXPECT_FALSE(has(drawn(named), "\x1b"));
  EXPECT_FALSE(has(drawn(named), "\x07"));
}

TEST(StatusScreenTest, RefusesWhatIsNoStatus) {
  StatusScreen screen;
  for (const char* answer : {"", "[]", "{}", R"({"node":7})"}) {
    EXPECT_EQ(screen.add(answer).error().code, "status.unreadable") << answer;
  }
  EXPECT_EQ(screen.draw({}), "");
}

TEST(StatusScreenTest, DrawsARateOnceItHasAPast) {
  StatusScreen screen;
  auto now = status();
  ASSERT_TRUE(screen.add(http::to_json(now)).has_value());
  EXPECT_FALSE(has(screen.draw({}), "▁"));
  now.rates.frames_sent = 1'000;
  ASSERT_TRUE(screen.add(http::to_json(now)).has_value());
  EXPECT_TRUE(has(screen.draw({}), "▁█"));
}

TEST(StatusScreenTest, WritesFiguresForPeople) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1'234'567), "1,234,567");
  EXPECT_EQ(in_bytes(1'023), "1023 B");
  EXPECT_EQ(in_bytes(1'536), "1.5 KiB");
  EXPECT_EQ(in_time(milliseconds{59'999}), "59s");
  EXPECT_EQ(in_time(milliseconds{90'000'000}), "1d 1h");
  EXPECT_EQ(sparkline({0, 1, 2, 4}, 3), "▃▅█");
  EXPECT_EQ(sparkline({0, 0}, 3), "▁▁");
}

}  // namespace
}  // namespace orbit::app
