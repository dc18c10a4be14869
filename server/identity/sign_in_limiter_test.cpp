#include "identity/sign_in_limiter.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "kernel/testing/outcome.hpp"

namespace orbit::identity {
namespace {

using kernel::outcome;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto refused = "too_many session.too_many_attempts";

class SignInLimiterTest : public testing::Test {
 protected:
  std::string attempt(std::string_view account, std::string_view address = "192.0.2.1") {
    return outcome(limiter.take_attempt(account, address));
  }

  kernel::ManualClock clock;
  SignInLimiter limiter{clock, {.failures_per_account = 3, .failures_per_address = 5, .remembered = 8}};
};

TEST_F(SignInLimiterTest, RefusesAnAccountAfterItsFailuresFromWhateverAddress) {
  EXPECT_EQ(attempt("ada", "192.0.2.1"), "ok");
  EXPECT_EQ(attempt("ada", "192.0.2.2"), "ok");
  EXPECT_EQ(attempt("ada", "192.0.2.3"), "ok");
  EXPECT_EQ(attempt("ada", "192.0.2.4"), refused);
  EXPECT_EQ(attempt("grace", "192.0.2.4"), "ok");
}

TEST_F(SignInLimiterTest, RefusesAnAddressAfterItsFailuresOnWhateverAccount) {
  for (const auto* account : {"a", "b", "c", "d", "e"}) EXPECT_EQ(attempt(account), "ok");
  EXPECT_EQ(attempt("f"), refused);
  EXPECT_EQ(attempt("f", "192.0.2.2"), "ok");
}

TEST_F(SignInLimiterTest, SaysHowLongToWaitAndKeepsItsWord) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(attempt("ada"), "ok");
  clock.advance(minutes{5});
  const auto wait = limiter.take_attempt("ada", "192.0.2.1").error().retry_after;
  ASSERT_EQ(wait, minutes{10});
  clock.advance(*wait - seconds{1});
  EXPECT_EQ(attempt("ada"), refused);
  clock.advance(seconds{1});
  EXPECT_EQ(attempt("ada"), "ok");
}

TEST_F(SignInLimiterTest, StartsAnAccountAfreshOnceItSucceeds) {
  for (int i = 0; i < 2; ++i) ASSERT_EQ(attempt("ada"), "ok");
  limiter.succeeded("ada", "192.0.2.1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(attempt("ada", "192.0.2.2"), "ok");
  EXPECT_EQ(attempt("ada", "192.0.2.2"), refused);
}

TEST_F(SignInLimiterTest, DoesNotLetASuccessHideTheAddresssFailuresOnOtherAccounts) {
  for (const auto* account : {"a", "b", "c", "d", "own"}) ASSERT_EQ(attempt(account), "ok");
  limiter.succeeded("own", "192.0.2.1");
  EXPECT_EQ(attempt("e"), "ok");
  EXPECT_EQ(attempt("f"), refused);
}

TEST_F(SignInLimiterTest, TakesNothingFromTheAddressWhenTheAccountIsRefused) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(attempt("ada"), "ok");
  for (int i = 0; i < 10; ++i) ASSERT_EQ(attempt("ada"), refused);
  EXPECT_EQ(attempt("b"), "ok");
  EXPECT_EQ(attempt("c"), "ok");
  EXPECT_EQ(attempt("d"), refused);
}

TEST_F(SignInLimiterTest, ForgetsTheOldestWhenItsMemoryIsFull) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(attempt("ada", "192.0.2.1"), "ok");
  ASSERT_EQ(attempt("ada", "192.0.2.2"), refused);
  for (const auto* address : {"192.0.2.3", "192.0.2.4", "192.0.2.5"}) ASSERT_EQ(attempt(address, address), "ok");
  EXPECT_EQ(attempt("ada", "192.0.2.6"), "ok");
}

TEST_F(SignInLimiterTest, CountsAttemptsMadeAtTheSameTime) {
  SignInLimiter shared(clock, {.failures_per_account = 100, .failures_per_address = 1000});
  std::atomic<int> allowed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 50; ++n) allowed += shared.take_attempt("ada", "192.0.2.1").has_value() ? 1 : 0;
      });
    }
  }
  EXPECT_EQ(allowed, 100);
}

}  // namespace
}  // namespace orbit::identity
