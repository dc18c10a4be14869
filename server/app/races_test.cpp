// Rules that two who come at the same moment could break between them.
#include <algorithm>
#include <functional>
#include <latch>
#include <thread>

#include "app/domain_fixture.hpp"
#include "billing/testing/stripe_event.hpp"

namespace orbit::app {
namespace {

using Codes = std::vector<std::string>;

class RacesTest : public DomainTest {
 protected:
  // Runs all at once and returns their codes, sorted.
  static Codes race(const std::vector<std::function<std::string()>>& runners) {
    Codes codes(runners.size());
    std::latch start(static_cast<std::ptrdiff_t>(runners.size()));
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < runners.size(); ++i) {
        threads.emplace_back([&, i] {
          start.arrive_and_wait();
          codes[i] = runners[i]();
        });
      }
    }
    std::ranges::sort(codes);
    return codes;
  }

  std::string invite(kernel::UserId owner, const std::string& slug, const std::string& email) {
    return domain->invites.create(owner, slug, {email, std::nullopt})->token;
  }
};

TEST_F(RacesTest, OneOfTwoOwnersWhoLeaveTogetherStays) {
  for (int round = 0; round < 8; ++round) {
    const std::string slug = "shared-" + std::to_string(round);
    const auto shared = domain->workspaces.create(ada, slug, "Shared")->id;
    const auto owner_role = read([&](const auto& context) {
      return domain->repositories.members.find_by_user(context, shared, ada)->state().role_id;
    });
    const auto token = domain->invites.create(ada, slug, {"grace@acme.test", owner_role})->token;
    ASSERT_EQ(code(domain->invites.accept(grace, token)), "");
    EXPECT_EQ(race({[&] { return code(domain->members.leave(ada, slug)); },
                    [&] { return code(domain->members.leave(grace, slug)); }}),
              (Codes{"", "member.last_owner"}));
  }
}

TEST_F(RacesTest, ASlugIsTakenOnce) {
  for (int round = 0; round < 8; ++round) {
    const std::string slug = "wanted-" + std::to_string(round);
    EXPECT_EQ(race({[&] { return code(domain->workspaces.create(ada, slug, "Ada's")); },
                    [&] { return code(domain->workspaces.create(grace, slug, "Grace's")); },
                    [&] { return code(domain->workspaces.create(alan, slug, "Alan's")); }}),
              (Codes{"", "workspace.slug_taken", "workspace.slug_taken"}));
  }
}

TEST_F(RacesTest, AnAddressGetsOneAccountThoughItIsInvitedTwice) {
  ASSERT_EQ(code(domain->workspaces.create(grace, "globex", "Globex")), "");
  for (int round = 0; round < 8; ++round) {
    const std::string email = "new-" + std::to_string(round) + "@acme.test";
    const auto to_acme = invite(ada, "acme", email), to_globex = invite(grace, "globex", email);
    const workspaces::NewAccount account{"New", "a-good-password", "", "127.0.0.1"};
    EXPECT_EQ(race({[&] { return code(domain->invites.accept(account, to_acme)); },
                    [&] { return code(domain->invites.accept(account, to_globex)); }}),
              (Codes{"", "invite.account_exists"}));
  }
}

TEST_F(RacesTest, AnInviteLetsInOnce) {
  for (int round = 0; round < 8; ++round) {
    const auto person = add_user("New", "once-" + std::to_string(round) + "@acme.test");
    const auto token = invite(ada, "acme", "once-" + std::to_string(round) + "@acme.test");
    const auto accept = [&] { return code(domain->invites.accept(person, token)); };
    EXPECT_EQ(race({accept, accept}), (Codes{"", "invite.used"}));
  }
}

TEST_F(RacesTest, NobodyIsInMoreWorkspacesThanTheyMay) {
  constexpr auto limit = workspaces::WorkspaceLimits::workspaces_per_user;
  for (std::size_t i = 1; i < limit - 1; ++i) {  // of which acme is one
    ASSERT_EQ(code(domain->workspaces.create(ada, "ada-" + std::to_string(i), "Ada's")), "");
  }
  ASSERT_EQ(code(domain->workspaces.create(grace, "globex", "Globex")), "");
  const auto token = invite(grace, "globex", "ada@acme.test");
  EXPECT_EQ(race({[&] { return code(domain->workspaces.create(ada, "one-more", "One more")); },
                  [&] { return code(domain->invites.accept(ada, token)); }}),
            (Codes{"", "limit.reached"}));
}

TEST_F(RacesTest, NobodyHasMoreSessionsThanTheyMay) {
  const auto sign_in = [&] { return code(domain->sessions.sign_in({"ada@acme.test", "a-password", "", "127.0.0.1"})); };
  for (std::size_t i = 0; i < identity::max_sessions_per_user - 1; ++i) ASSERT_EQ(sign_in(), "");
  EXPECT_EQ(race({sign_in, sign_in, sign_in, sign_in}), Codes(4));
  EXPECT_EQ(domain->sessions.list(ada)->size(), identity::max_sessions_per_user);
}

TEST_F(RacesTest, StripeIsHeededOnceHoweverOftenItTells) {
  billing::StripeEvent event;
  event.workspace = acme.str();
  const std::string body = event.body();
  const std::string time =
      std::to_string(std::chrono::floor<std::chrono::seconds>(clock.now()).time_since_epoch().count());
  const std::string signature = "t=" + time + ",v1=" + billing::stripe_hmac("whsec_test", time, body);
  new_events();
  const auto tell = [&] { return code(domain->billing.handle_stripe_webhook(signature, body)); };
  EXPECT_EQ(race({tell, tell, tell, tell}), Codes(4));
  EXPECT_EQ(new_events(), Codes{"billing.subscription.updated"});
}

TEST_F(RacesTest, WhoeverIsRenamedAndTakenOutAtOnceIsTakenOut) {
  for (int round = 0; round < 8; ++round) {
    const auto member = join(grace, "grace@acme.test");
    new_events();
    EXPECT_EQ(race({[&] { return code(domain->members.remove(ada, "acme", member)); },
                    [&] { return code(domain->members.rename_person(grace, "Grace " + std::to_string(round))); }}),
              Codes(2));
    EXPECT_EQ(new_events().back(), "workspaces.member.left");
  }
}

}  // namespace
}  // namespace orbit::app
