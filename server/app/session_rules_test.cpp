#include <algorithm>

#include "app/domain_fixture.hpp"

namespace orbit::app {
namespace {

class SessionRules : public DomainTest {
 protected:
  identity::SignedIn sign_in() {
    return *domain->sessions.sign_in({"Ada@acme.test ", "a-password", "browser", "127.0.0.1"});
  }
};

TEST_F(SessionRules, ATokenIsTheUsersAndOnlyItsHashIsStored) {
  const auto signed_in = sign_in();
  EXPECT_EQ(domain->session_resolver.resolve(signed_in.token)->user_id, ada);
  EXPECT_NE(signed_in.session.token_hash, signed_in.token);
  EXPECT_GE(signed_in.token.size(), 43U);
  EXPECT_EQ(code(domain->session_resolver.resolve("")), "session.required");
  EXPECT_EQ(code(domain->session_resolver.resolve(signed_in.token + "x")), "session.required");
}

TEST_F(SessionRules, ASessionSlidesWhileItIsUsedAndEndsWhenItIsNot) {
  const auto signed_in = sign_in();
  clock.advance(std::chrono::hours(24 * 29));
  EXPECT_TRUE(domain->session_resolver.resolve(signed_in.token).has_value());
  clock.advance(std::chrono::hours(24 * 29));
  EXPECT_TRUE(domain->session_resolver.resolve(signed_in.token).has_value());
  clock.advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(code(domain->session_resolver.resolve(signed_in.token)), "session.required");
}

TEST_F(SessionRules, EndingASessionTellsTheListenerAfterwards) {
  const auto signed_in = sign_in();
  EXPECT_EQ(code(domain->sessions.end(grace, signed_in.session.id)), "not_found");
  EXPECT_TRUE(ended.sessions.empty());
  ASSERT_EQ(code(domain->sessions.end(ada, signed_in.session.id)), "");
  EXPECT_EQ(ended.sessions, std::vector{signed_in.session.id});
  EXPECT_EQ(code(domain->session_resolver.resolve(signed_in.token)), "session.required");
}

TEST_F(SessionRules, EndingTheOthersKeepsThisOne) {
  const auto here = sign_in(), there = sign_in();
  ASSERT_EQ(code(domain->sessions.end_others(ada, here.session.id)), "");
  EXPECT_EQ(ended.sessions, std::vector{there.session.id});
  EXPECT_EQ(domain->sessions.list(ada)->size(), 1U);
}

TEST_F(SessionRules, WhichOfManyAreLiveIsAskedForAtOnce) {
  const auto began = clock.now();
  constexpr auto days_later = std::chrono::hours(24 * 29);
  const auto old = sign_in().session.id, gone = sign_in().session.id;
  clock.advance(days_later);
  const auto fresh = sign_in().session.id;
  const auto live = [&](std::vector<kernel::SessionId> ids) {
    std::vector<kernel::SessionId> found;
    for (const auto& session :
         read([&](const auto& context) { return database->sessions().live_of(context, ids, clock.now()); })) {
      EXPECT_EQ(session.ends_at - std::chrono::hours(24 * 30), session.id == old ? began : began + days_later);
      found.push_back(session.id);
    }
    std::ranges::sort(found);
    return found;
  };
  ASSERT_EQ(code(domain->sessions.end(ada, gone)), "");
  EXPECT_EQ(live({fresh, gone, old}), (std::vector{old, fresh}));
  clock.advance(std::chrono::hours(24));
  EXPECT_EQ(live({fresh, gone, old}), std::vector{fresh});
  EXPECT_TRUE(live({}).empty());
}

TEST_F(SessionRules, WrongPasswordsAndUnknownAccountsLookTheSame) {
  EXPECT_EQ(code(domain->sessions.sign_in({"ada@acme.test", "wrong", "", "a"})), "session.wrong_credentials");
  EXPECT_EQ(code(domain->sessions.sign_in({"nobody@acme.test", "wrong", "", "a"})), "session.wrong_credentials");
}

TEST_F(SessionRules, GuessingIsSlowedDownByAccount) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(code(domain->sessions.sign_in({"ada@acme.test", "wrong", "", "a"})), "session.wrong_credentials");
  }
  const auto refused = domain->sessions.sign_in({"ada@acme.test", "a-password", "", "b"});
  ASSERT_EQ(code(refused), "session.too_many_attempts");
  EXPECT_EQ(refused.error().retry_after, std::chrono::seconds(15 * 60));
  EXPECT_EQ(code(domain->sessions.sign_in({"grace@acme.test", "a-password", "", "a"})), "");
  clock.advance(std::chrono::minutes(15));
  EXPECT_EQ(code(domain->sessions.sign_in({"ada@acme.test", "a-password", "", "b"})), "");
}

TEST_F(SessionRules, GuessingIsSlowedDownByAddress) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(code(domain->sessions.sign_in({"x" + std::to_string(i) + "@y.test", "wrong", "", "a"})),
              "session.wrong_credentials");
  }
  EXPECT_EQ(code(domain->sessions.sign_in({"ada@acme.test", "a-password", "", "a"})), "session.too_many_attempts");
  EXPECT_EQ(code(domain->sessions.sign_in({"ada@acme.test", "a-password", "", "b"})), "");
}

TEST(SignInLimiter, RemembersNoMoreThanItMay) {
  kernel::ManualClock clock;
  identity::SignInLimiter limiter(clock, {1, 1'000'000, std::chrono::minutes{15}, 10});
  EXPECT_TRUE(limiter.take_attempt("first", "a").has_value());
  EXPECT_FALSE(limiter.take_attempt("first", "a").has_value());
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(limiter.take_attempt("x" + std::to_string(i), "a").has_value());
  EXPECT_TRUE(limiter.take_attempt("first", "a").has_value());
}

}  // namespace
}  // namespace orbit::app
