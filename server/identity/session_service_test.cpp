#include "identity/session_service.hpp"

#include <gtest/gtest.h>

#include <set>

#include "identity/testing/memory_identity.hpp"
#include "kernel/testing/outcome.hpp"

namespace orbit::identity {
namespace {

using kernel::outcome;
using kernel::ReadContext;
using kernel::Result;
using kernel::SessionId;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class SessionServiceTest : public testing::Test {
 protected:
  SessionServiceTest() {
    add(ada);
    add(grace);
  }

  void add(const User& user) {
    ASSERT_TRUE(unit_of_work.run([&](kernel::WriteContext& context) -> Result<> {
      users.add(context, user);
      return {};
    }));
  }

  User person(std::string email) {
    return {kernel::UserId::create(clock), std::move(email), "Somebody", hasher.hash("orbit-demo"), clock.now()};
  }

  SignedIn sign_in(std::string_view email = "ada@acme.test") {
    return service.sign_in({email, "orbit-demo", "browser", "192.0.2.1"}).value();
  }

  std::vector<SessionId> ids_of(kernel::UserId user) {
    std::vector<SessionId> ids;
    const auto listed = service.list(user);
    for (const Session& session : *listed) ids.push_back(session.id);
    return ids;
  }

  bool is_live(SessionId session) {
    return *unit_of_work.read(
        [&](const ReadContext& context) -> Result<bool> { return resolver.is_live(context, session); });
  }

  kernel::ManualClock clock;
  kernel::MemoryUnitOfWork unit_of_work;
  MemoryUserRepository users{unit_of_work};
  MemorySessionRepository sessions{unit_of_work};
  PasswordHasher hasher{PasswordHasher::least_cost()};
  SignInLimiter limiter{clock, {}};
  RecordingSessionListener listener;
  SessionService service{unit_of_work, users, sessions, hasher, limiter, listener, clock};
  StoredSessionResolver resolver{unit_of_work, sessions, clock};
  User ada = person("ada@acme.test");
  User grace = person("grace@acme.test");
};

constexpr auto nobody = "unauthenticated session.required";
constexpr auto wrong = "unauthenticated session.wrong_credentials";

TEST_F(SessionServiceTest, SignsInByEmailWhateverItsCase) {
  const auto signed_in = service.sign_in({" Ada@ACME.test", "orbit-demo", "browser", "192.0.2.1"});
  ASSERT_TRUE(signed_in);
  EXPECT_EQ(signed_in->user.id, ada.id);
  EXPECT_EQ(signed_in->session.user_agent, "browser");
  EXPECT_EQ(signed_in->session.address, "192.0.2.1");
  EXPECT_EQ(resolver.resolve(signed_in->token)->user_id, ada.id);
}

TEST_F(SessionServiceTest, AnswersAWrongPasswordAndAnUnknownAccountAlike) {
  const auto wrong_password = service.sign_in({"ada@acme.test", "orbit-demO", "", ""});
  const auto unknown_account = service.sign_in({"nobody@acme.test", "orbit-demo", "", ""});
  EXPECT_EQ(outcome(wrong_password), wrong);
  EXPECT_EQ(outcome(unknown_account), wrong);
  EXPECT_EQ(wrong_password.error().message, unknown_account.error().message);
  EXPECT_TRUE(ids_of(ada.id).empty());
}

TEST_F(SessionServiceTest, HashesAsOftenForAnUnknownAccountAsForAWrongPassword) {
  const auto hashes_of = [&](std::string_view email) {
    const auto before = hasher.computed();
    EXPECT_EQ(outcome(service.sign_in({email, "a wrong one", "", ""})), wrong);
    return hasher.computed() - before;
  };
  EXPECT_EQ(hashes_of("ada@acme.test"), 1U);
  EXPECT_EQ(hashes_of("nobody@acme.test"), 1U);
}

TEST_F(SessionServiceTest, HashesNothingForWhoTriedTooOften) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(outcome(service.sign_in({"ada@acme.test", "wrong", "", ""})), wrong);
  const auto before = hasher.computed();
  EXPECT_EQ(outcome(service.sign_in({"ada@acme.test", "orbit-demo", "", ""})), "too_many session.too_many_attempts");
  EXPECT_EQ(hasher.computed(), before);
}

TEST_F(SessionServiceTest, StoresTheTokensHashAndNeverTheToken) {
  const auto signed_in = sign_in();
  EXPECT_EQ(signed_in.session.token_hash, hash_token(signed_in.token));
  EXPECT_EQ(outcome(resolver.resolve(signed_in.session.token_hash)), nobody);
}

TEST_F(SessionServiceTest, CutsWhatABrowserSaysOfItself) {
  const auto signed_in =
      service.sign_in({"ada@acme.test", "orbit-demo", std::string(1000, 'x'), std::string(1000, '1')});
  EXPECT_EQ(signed_in->session.user_agent.size(), 256U);
  EXPECT_EQ(signed_in->session.address.size(), 64U);
}

TEST_F(SessionServiceTest, RefusesEvenTheRightPasswordOnceThereWereTooManyWrongOnes) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(outcome(service.sign_in({"ada@acme.test", "wrong", "", "192.0.2.1"})), wrong);
  }
  EXPECT_EQ(outcome(service.sign_in({"ADA@acme.test", "orbit-demo", "", "192.0.2.2"})),
            "too_many session.too_many_attempts");
  clock.advance(minutes{15});
  EXPECT_TRUE(service.sign_in({"ada@acme.test", "orbit-demo", "", "192.0.2.2"}));
}

TEST_F(SessionServiceTest, SignsInAnyNumberOfTimesWithTheRightPassword) {
  for (int i = 0; i < 60; ++i) sign_in();
}

TEST_F(SessionServiceTest, ListsLiveSessionsNewestFirst) {
  const auto first = sign_in().session.id;
  clock.advance(SessionRules{}.idle - seconds{1});
  const auto second = sign_in().session.id;
  sign_in("grace@acme.test");
  EXPECT_EQ(ids_of(ada.id), (std::vector{second, first}));
  clock.advance(seconds{1});
  EXPECT_EQ(ids_of(ada.id), std::vector{second});
}

TEST_F(SessionServiceTest, EndsASessionAndTellsOfIt) {
  const auto signed_in = sign_in();
  EXPECT_TRUE(is_live(signed_in.session.id));
  ASSERT_TRUE(service.end(ada.id, signed_in.session.id));
  EXPECT_EQ(listener.ended, std::vector{signed_in.session.id});
  EXPECT_EQ(outcome(resolver.resolve(signed_in.token)), nobody);
  EXPECT_FALSE(is_live(signed_in.session.id));
  EXPECT_EQ(outcome(service.end(ada.id, signed_in.session.id)), "not_found not_found");
}

TEST_F(SessionServiceTest, EndsNobodyElsesSession) {
  const auto signed_in = sign_in();
  EXPECT_EQ(outcome(service.end(grace.id, signed_in.session.id)), "not_found not_found");
  EXPECT_TRUE(resolver.resolve(signed_in.token));
  EXPECT_TRUE(listener.ended.empty());
}

TEST_F(SessionServiceTest, RevokesASessionWhoseverItIsAndTellsOfIt) {
  const auto signed_in = sign_in();
  ASSERT_TRUE(service.revoke(signed_in.session.id));
  EXPECT_EQ(listener.ended, std::vector{signed_in.session.id});
  EXPECT_EQ(outcome(resolver.resolve(signed_in.token)), nobody);
  EXPECT_EQ(outcome(service.revoke(signed_in.session.id)), "not_found not_found");
}

TEST_F(SessionServiceTest, EndsAllOthersAndNoneOfAnybodyElse) {
  const auto first = sign_in().session.id;
  const auto second = sign_in().session.id;
  const auto kept = sign_in().session.id;
  const auto of_grace = sign_in("grace@acme.test").session.id;
  ASSERT_TRUE(service.end_others(ada.id, kept));
  EXPECT_EQ(ids_of(ada.id), std::vector{kept});
  EXPECT_EQ(ids_of(grace.id), std::vector{of_grace});
  EXPECT_EQ(std::set(listener.ended.begin(), listener.ended.end()), (std::set{first, second}));
}

TEST_F(SessionServiceTest, TellsOfNoEndThatWasNotCommitted) {
  const auto signed_in = sign_in();
  sign_in();
  unit_of_work.fail_commits();
  EXPECT_EQ(outcome(service.end(ada.id, signed_in.session.id)), "unavailable database.busy");
  EXPECT_EQ(outcome(service.end_others(ada.id, signed_in.session.id)), "unavailable database.busy");
  EXPECT_TRUE(listener.ended.empty());
}

TEST_F(SessionServiceTest, EndsTheSessionUsedLongestAgoWhenThereAreTooMany) {
  const auto first = sign_in();
  clock.advance(minutes{1});
  const auto second = sign_in().session.id;
  clock.advance(minutes{1});
  for (std::size_t i = 2; i < max_sessions_per_user; ++i) sign_in();
  clock.advance(SessionRules{}.use_interval());
  ASSERT_TRUE(resolver.resolve(first.token));
  EXPECT_TRUE(listener.ended.empty());

  sign_in();
  EXPECT_EQ(listener.ended, std::vector{second});
  EXPECT_EQ(ids_of(ada.id).size(), max_sessions_per_user);
}

TEST_F(SessionServiceTest, KnowsItsUsers) {
  EXPECT_EQ(service.user(ada.id)->email, "ada@acme.test");
  EXPECT_EQ(outcome(service.user(kernel::UserId::create(clock))), "not_found not_found");
}

TEST_F(SessionServiceTest, ResolvesNoTokenThatWasNeverGivenOut) {
  sign_in();
  for (const std::string& token : {std::string(), new_token(), std::string(100'000, 'x')}) {
    EXPECT_EQ(outcome(resolver.resolve(token)), nobody);
  }
}

TEST_F(SessionServiceTest, EndsASessionThirtyDaysAfterItsLastUse) {
  const auto signed_in = sign_in();
  clock.advance(hours{24 * 29});
  EXPECT_TRUE(resolver.resolve(signed_in.token));
  clock.advance(hours{24 * 30} - seconds{1});
  EXPECT_TRUE(resolver.resolve(signed_in.token));
  clock.advance(hours{24 * 30});
  EXPECT_EQ(outcome(resolver.resolve(signed_in.token)), nobody);
  EXPECT_FALSE(is_live(signed_in.session.id));
}

TEST_F(SessionServiceTest, EndsASessionAtItsLifetimeHoweverMuchItIsUsed) {
  const auto signed_in = sign_in();
  for (int day = 0; day < 89; ++day) {
    clock.advance(hours{24});
    ASSERT_TRUE(resolver.resolve(signed_in.token)) << day;
  }
  clock.advance(hours{24} - seconds{1});
  EXPECT_TRUE(resolver.resolve(signed_in.token));
  clock.advance(seconds{1});
  EXPECT_EQ(outcome(resolver.resolve(signed_in.token)), nobody);
  EXPECT_FALSE(is_live(signed_in.session.id));
  EXPECT_TRUE(ids_of(ada.id).empty());
}

TEST_F(SessionServiceTest, HoldsSessionsThatAreThereAlreadyToStricterRules) {
  const auto idle = sign_in(), used = sign_in();
  StoredSessionResolver strict(unit_of_work, sessions, clock, {hours{2}, hours{3}});
  clock.advance(hours{1});
  EXPECT_TRUE(strict.resolve(used.token));
  clock.advance(hours{1});
  EXPECT_EQ(outcome(strict.resolve(idle.token)), nobody);
  EXPECT_TRUE(strict.resolve(used.token));
  clock.advance(hours{1});
  EXPECT_EQ(outcome(strict.resolve(used.token)), nobody);
  const auto live = unit_of_work.read([&](const ReadContext& context) -> Result<std::vector<LiveSession>> {
    return strict.live_of(context, std::vector{used.session.id});
  });
  EXPECT_TRUE(live->empty()) << "the sweep of open sockets sees it, too";
}

TEST_F(SessionServiceTest, KeepsAShortSessionWhileItIsUsed) {
  SessionService short_service(unit_of_work, users, sessions, hasher, limiter, listener, clock, {minutes{1}, hours{1}});
  StoredSessionResolver short_resolver(unit_of_work, sessions, clock, {minutes{1}, hours{1}});
  const auto signed_in = *short_service.sign_in({"ada@acme.test", "orbit-demo", "", ""});
  for (int i = 0; i < 100; ++i) {
    clock.advance(seconds{30});
    ASSERT_TRUE(short_resolver.resolve(signed_in.token)) << i;
  }
  clock.advance(minutes{1});
  EXPECT_EQ(outcome(short_resolver.resolve(signed_in.token)), nobody);
}

TEST_F(SessionServiceTest, EndsTheSessionThatTheBrowserCameWith) {
  const auto first = sign_in(), elsewhere = sign_in();
  const auto second = *service.sign_in({"ada@acme.test", "orbit-demo", "", "", first.token});
  EXPECT_EQ(listener.ended, std::vector{first.session.id});
  EXPECT_EQ(outcome(resolver.resolve(first.token)), nobody);
  EXPECT_EQ(ids_of(ada.id), (std::vector{second.session.id, elsewhere.session.id}));

  const auto graces = *service.sign_in({"grace@acme.test", "orbit-demo", "", "", second.token});
  EXPECT_EQ(listener.ended, (std::vector{first.session.id, second.session.id}));
  EXPECT_EQ(resolver.resolve(graces.token)->user_id, grace.id);
}

TEST_F(SessionServiceTest, TakesNoTokenFromTheBrowser) {
  const std::string planted = new_token();
  const auto signed_in = *service.sign_in({"ada@acme.test", "orbit-demo", "", "", planted});
  EXPECT_NE(signed_in.token, planted);
  EXPECT_EQ(outcome(resolver.resolve(planted)), nobody);
  EXPECT_TRUE(listener.ended.empty());
}

TEST_F(SessionServiceTest, LeavesTheSessionThatTheBrowserCameWithWhenThePasswordIsWrong) {
  const auto first = sign_in();
  EXPECT_EQ(outcome(service.sign_in({"ada@acme.test", "wrong", "", "", first.token})), wrong);
  EXPECT_TRUE(resolver.resolve(first.token));
  EXPECT_TRUE(listener.ended.empty());
}

TEST_F(SessionServiceTest, WritesAUseAtMostOnceInAnInterval) {
  const auto signed_in = sign_in();
  const int before = unit_of_work.commits();
  clock.advance(SessionRules{}.use_interval() - seconds{1});
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(resolver.resolve(signed_in.token));
  EXPECT_EQ(unit_of_work.commits(), before);
  clock.advance(seconds{1});
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(resolver.resolve(signed_in.token));
  EXPECT_EQ(unit_of_work.commits(), before + 1);
}

TEST_F(SessionServiceTest, ResolvesThoughTheUseCannotBeWritten) {
  const auto signed_in = sign_in();
  clock.advance(hours{1});
  unit_of_work.fail_commits();
  EXPECT_EQ(resolver.resolve(signed_in.token)->session_id, signed_in.session.id);
}

TEST(Token, Is256RandomBitsInBase64Url) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.insert(new_token());
  EXPECT_EQ(tokens.size(), 100U);
  for (const std::string& token : tokens) {
    EXPECT_EQ(token.size(), 43U);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace orbit::identity
