#include "http/command_limits.hpp"

#include <gtest/gtest.h>

#include "workspaces/testing/acme.hpp"

namespace orbit::http {
namespace {

using std::chrono::seconds;

class CommandLimitsTest : public workspaces::AcmeTest {
 protected:
  static std::string outcome(const kernel::Result<>& taken) {
    if (taken) return "taken";
    EXPECT_EQ(taken.error().kind, kernel::ErrorKind::too_many);
    EXPECT_EQ(taken.error().retry_after, seconds{1});
    return taken.error().code;
  }

  kernel::MetricsRegistry metrics;
};

TEST_F(CommandLimitsTest, SlowsAPersonDownWhateverTheWorkspace) {
  CommandLimits limited({.per_user = 1, .per_workspace = 0}, unit_of_work, repositories, clock, metrics);
  EXPECT_EQ(outcome(limited.take(ada, "acme")), "taken");
  EXPECT_EQ(outcome(limited.take(ada, "globex")), "taken");
  EXPECT_EQ(outcome(limited.take(ada, "")), "taken");
  EXPECT_EQ(outcome(limited.take(ada, "acme")), "user.too_many_commands");
  EXPECT_EQ(outcome(limited.take(stranger, "acme")), "taken");
  clock.advance(seconds(1));
  EXPECT_EQ(outcome(limited.take(ada, "acme")), "taken");
}

TEST_F(CommandLimitsTest, CountsInAWorkspaceWhatWasDoneThere) {
  CommandLimits limited({.per_user = 0, .per_workspace = 1}, unit_of_work, repositories, clock, metrics);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(outcome(limited.take(ada, "acme")), "taken");
  for (int i = 0; i < 3; ++i) limited.done("acme");
  EXPECT_EQ(outcome(limited.take(ada, "acme")), "workspace.too_many_commands");
  EXPECT_EQ(outcome(limited.take(ada, "globex")), "taken");
  EXPECT_EQ(outcome(limited.take(ada, "")), "taken");
  clock.advance(seconds(1));
  EXPECT_EQ(outcome(limited.take(ada, "acme")), "taken");
}

TEST_F(CommandLimitsTest, TellsStrangersNothingOfAWorkspace) {
  CommandLimits limited({.per_user = 0, .per_workspace = 1}, unit_of_work, repositories, clock, metrics);
  for (int i = 0; i < 3; ++i) limited.done("acme");
  EXPECT_EQ(outcome(limited.take(stranger, "acme")), "taken");
}

TEST_F(CommandLimitsTest, TakesNoneWhileTabsAreBehind) {
  bool behind = true;
  CommandLimits limited({.tabs_are_behind = [&] { return behind; }}, unit_of_work, repositories, clock, metrics);
  const auto refused = limited.take(ada, "acme");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, kernel::ErrorKind::unavailable);
  EXPECT_EQ(refused.error().code, "node.overloaded");
  EXPECT_EQ(refused.error().retry_after, seconds{1});
  EXPECT_EQ(metrics.counter("orbit_commands_refused_total", "", {{"limit", "tabs"}}).value(), 1);
  behind = false;
  EXPECT_EQ(outcome(limited.take(ada, "acme")), "taken");
}

TEST_F(CommandLimitsTest, CountsWhatItRefuses) {
  CommandLimits limited({.per_user = 1, .per_workspace = 0}, unit_of_work, repositories, clock, metrics);
  for (int i = 0; i < 5; ++i) (void)limited.take(ada, "acme");
  EXPECT_EQ(metrics.counter("orbit_commands_refused_total", "", {{"limit", "user"}}).value(), 2);
}

}  // namespace
}  // namespace orbit::http
