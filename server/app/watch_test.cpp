#include "app/watch.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <mutex>

#include "app/io_thread.hpp"
#include "http/problem.hpp"
#include "http/server.hpp"

namespace orbit::app {
namespace {

// Stands for a node: lets anyone in and answers upgrades as told, one answer after the other.
class StandIn final : public http::RequestHandler {
 public:
  void answer_upgrades(std::vector<http::Response> answers) {
    const std::scoped_lock lock(mutex_);
    answers_ = std::move(answers);
  }
  void answer_sign_in(http::Response answer) {
    const std::scoped_lock lock(mutex_);
    sign_in_ = std::move(answer);
  }
  std::vector<http::Request> upgrades() {
    const std::scoped_lock lock(mutex_);
    return upgrades_;
  }

  void handle(http::Request, http::Respond respond) override {
    const std::scoped_lock lock(mutex_);
    respond(sign_in_);
  }
  [[nodiscard]] bool is_upgrade(const http::Request& request) const override { return request.path == "/v1/ws"; }
  void upgrade(http::Request request, http::DecideUpgrade decide) override {
    const std::scoped_lock lock(mutex_);
    upgrades_.push_back(std::move(request));
    decide(answers_.at(upgrades_.size() - 1));
  }

 private:
  std::mutex mutex_;  // protects all below
  http::Response sign_in_{200, {{"Set-Cookie", "orbit_session=let-in; Path=/"}}, "{}"};
  std::vector<http::Response> answers_;
  std::vector<http::Request> upgrades_;
};

class WatchTest : public testing::Test {
 protected:
  WatchTest() : port_(*http::reserve_free_port(thread_.context(), "127.0.0.1")) {
    EXPECT_TRUE(server_.listen("127.0.0.1", port_.port, true).has_value());
    server_.start();
    setenv("ORBIT_PASSWORD", "a-password", 1);
    config_.watch_url = "http://127.0.0.1:" + std::to_string(port_.port);
    config_.watch_workspace = "acme";
    config_.watch_as = "ada@acme.test";
  }
  ~WatchTest() override {
    thread_.stop();
    unsetenv("ORBIT_PASSWORD");
  }

  // Watches until it ends. Returns what it said.
  std::string watch_to_the_end(int expected_exit_code) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(watch(config_), expected_exit_code);
    return testing::internal::GetCapturedStderr();
  }

  Config config_;
  kernel::MetricsRegistry metrics_;
  IoThread thread_{"answers"};
  http::ReservedPort port_;
  StandIn node_;
  http::Server server_{thread_.context(), node_, metrics_, {}};
};

TEST_F(WatchTest, SaysWhyTheNodeRefusesASocket) {
  node_.answer_upgrades({http::problem(403, "origin.refused", "This origin may not open sockets here.")});
  EXPECT_EQ(watch_to_the_end(1), "The node opens no socket in acme: This origin may not open sockets here.\n");
  EXPECT_EQ(node_.upgrades().at(0).header("Cookie"), "orbit_session=let-in");
}

TEST_F(WatchTest, NamesTheStatusOfAnAnswerThatExplainsNothing) {
  node_.answer_upgrades({{404, {{"Content-Type", "text/html"}}, "<h1>Nothing here</h1>"}});
  EXPECT_EQ(watch_to_the_end(1), "The node opens no socket in acme: it answered 404 Not Found.\n");
}

TEST_F(WatchTest, TriesAFullNodeAgain) {
  node_.answer_upgrades({http::problem(503, "node.full", "The node takes no more sockets right now."),
                         http::problem(401, "session.required", "Sign in as a member of this workspace.")});
  const std::string said = watch_to_the_end(1);
  EXPECT_EQ(node_.upgrades().size(), 2U);
  EXPECT_NE(said.find("takes no more sockets right now.\nnot connected; trying again in "), std::string::npos) << said;
  EXPECT_TRUE(said.ends_with("Sign in as a member of this workspace.\n")) << said;
}

TEST_F(WatchTest, SaysWhySigningInFails) {
  node_.answer_sign_in(http::problem(401, "session.wrong_password", "The e-mail address or the password is wrong."));
  EXPECT_EQ(watch_to_the_end(1), "Can't sign in as ada@acme.test: The e-mail address or the password is wrong.\n");
  EXPECT_TRUE(node_.upgrades().empty());
}

TEST_F(WatchTest, SendsTheOriginItIsGivenAndElseThatOfTheUrl) {
  node_.answer_upgrades({{404, {}, ""}, {404, {}, ""}});
  watch_to_the_end(1);
  EXPECT_EQ(node_.upgrades().at(0).header("Origin"), config_.watch_url);
  config_.watch_origin = "https://app.example";
  watch_to_the_end(1);
  EXPECT_EQ(node_.upgrades().at(1).header("Origin"), "https://app.example");
}

TEST_F(WatchTest, RefusesWhatIsNoPlainHttpUrlAndNamesTheOption) {
  for (const char* url : {"https://app.example", "127.0.0.1:8080", "http://", "ws://127.0.0.1:8080"}) {
    config_.watch_url = url;
    EXPECT_NE(watch_to_the_end(2).find("--url"), std::string::npos) << url;
  }
  config_.watch_url = "https://app.example";
  EXPECT_NE(watch_to_the_end(2).find("no TLS"), std::string::npos);
}

}  // namespace
}  // namespace orbit::app
