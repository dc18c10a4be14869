#include "app/seed.hpp"

#include <algorithm>
#include <map>

#include "app/domain_fixture.hpp"

namespace orbit::app {
namespace {

// Over a database that nobody has touched but migrations.
class SeedTest : public testing::Test {
 protected:
  SeedTest() {
    EXPECT_TRUE(database_->migrate().has_value());
    domain_.emplace(*database_, nobody_, "", clock_, identity::PasswordHasher::least_cost());
  }
  ~SeedTest() override {
    domain_.reset();
    database_.reset();
  }

  template <class Query>
  auto read(Query query) {
    using Answer = std::invoke_result_t<Query&, const kernel::ReadContext&>;
    return *domain_->unit_of_work.read(
        [&](const kernel::ReadContext& context) -> kernel::Result<Answer> { return query(context); });
  }

  std::optional<workspaces::Workspace::State> workspace(const std::string& slug) {
    return read([&](const auto& context) -> std::optional<workspaces::Workspace::State> {
      const auto found = domain_->repositories.workspaces.find_by_slug(context, slug);
      if (!found) return std::nullopt;
      return found->state();
    });
  }

  const FirstOwner owner_{"acme", "Acme", "Ada@Acme.test", "Ada", "a-good-password"};
  const storage::TestDatabase test_database_;
  kernel::ManualClock clock_;
  kernel::MetricsRegistry metrics_;
  std::unique_ptr<storage::Database> database_ = *storage::Database::open(test_database_.url(), {}, clock_, metrics_);
  NobodyListens nobody_;
  std::optional<Domain> domain_;
};

TEST_F(SeedTest, TheDemoHasThePeopleThatAreOffered) {
  const std::map<std::string, catalog::SystemRole> roles{{"OWNER", catalog::SystemRole::OWNER},
                                                         {"ADMIN", catalog::SystemRole::ADMIN},
                                                         {"MEMBER", catalog::SystemRole::MEMBER}};
  ASSERT_EQ(code(seed_demo(*domain_)), "");
  for (const auto& account : demo_accounts()) {
    const auto signed_in = domain_->sessions.sign_in({account.email, demo_password, "", "127.0.0.1"});
    ASSERT_EQ(code(signed_in), "") << account.email;
    EXPECT_EQ(signed_in->user.name, account.name);
    const auto home = workspace(account.workspace);
    ASSERT_TRUE(home.has_value()) << account.workspace;
    const auto role = read([&](const auto& context) {
      const auto member = domain_->repositories.members.find_by_user(context, home->id, signed_in->user.id);
      for (const auto& state : domain_->repositories.roles.list(context, home->id)) {
        if (member && state.id == member->state().role_id) return state.system_key;
      }
      return std::optional<catalog::SystemRole>();
    });
    EXPECT_EQ(role, roles.at(account.role)) << account.email;
  }
}

TEST_F(SeedTest, TheDemoHasTeamsAndASubscription) {
  ASSERT_EQ(code(seed_demo(*domain_)), "");
  const auto acme = workspace("acme")->id;
  std::vector<std::string> teams = read([&](const auto& context) {
    std::vector<std::string> names;
    for (const auto& team : domain_->repositories.teams.list(context, acme)) {
      EXPECT_EQ(team.member_ids.size(), 2U) << team.name;
      names.push_back(team.name);
    }
    return names;
  });
  std::ranges::sort(teams);
  EXPECT_EQ(teams, (std::vector<std::string>{"Design", "Engines"}));
  const auto plan = read(
      [&](const auto& context) { return database_->subscriptions().find_by_workspace(context, acme)->state().plan; });
  EXPECT_EQ(plan, catalog::Plan::team);
}

TEST_F(SeedTest, TheDemoIsRefusedWhereItIsAlready) {
  ASSERT_EQ(code(seed_demo(*domain_)), "");
  EXPECT_EQ(code(seed_demo(*domain_)), "user.exists");
}

TEST_F(SeedTest, TheDemoIsSeededOnce) {
  EXPECT_TRUE(*seed_demo_if_empty(*domain_));
  EXPECT_FALSE(*seed_demo_if_empty(*domain_));
  EXPECT_TRUE(workspace("globex").has_value());
}

TEST_F(SeedTest, AFirstOwnerSignsInToAWorkspaceOfTheirOwn) {
  ASSERT_EQ(code(seed_owner(*domain_, owner_)), "");
  const auto signed_in = domain_->sessions.sign_in({"ada@acme.test", owner_.password, "", "127.0.0.1"});
  ASSERT_EQ(code(signed_in), "");
  const auto acme = workspace("acme");
  ASSERT_TRUE(acme.has_value());
  EXPECT_EQ(acme->name, "Acme");
  const auto member = read([&](const auto& context) {
    return domain_->repositories.members.find_by_user(context, acme->id, signed_in->user.id)->state().id;
  });
  EXPECT_EQ(acme->owner_id, member);
}

TEST_F(SeedTest, WhatIsRefusedLeavesNothingBehind) {
  const auto but = [&](auto change) {
    FirstOwner owner = owner_;
    change(owner);
    return code(seed_owner(*domain_, owner));
  };
  EXPECT_EQ(but([](FirstOwner& owner) { owner.slug = "Not a slug"; }), "validation");
  EXPECT_EQ(but([](FirstOwner& owner) { owner.name = " "; }), "validation");
  EXPECT_EQ(but([](FirstOwner& owner) { owner.email = "nobody"; }), "validation");
  EXPECT_EQ(but([](FirstOwner& owner) { owner.owner_name = ""; }), "validation");
  EXPECT_EQ(but([](FirstOwner& owner) { owner.password = "short"; }), "validation");
  EXPECT_TRUE(*database_->is_empty());
}

TEST_F(SeedTest, ATakenSlugOrAddressIsAConflictAndLeavesNothingBehind) {
  ASSERT_EQ(code(seed_owner(*domain_, owner_)), "");
  const FirstOwner same_slug{"acme", "Acme", "grace@acme.test", "Grace", "a-good-password"};
  EXPECT_EQ(code(seed_owner(*domain_, same_slug)), "workspace.slug_taken");
  EXPECT_EQ(code(domain_->sessions.sign_in({same_slug.email, same_slug.password, "", "127.0.0.1"})),
            "session.wrong_credentials");
  FirstOwner same_address = owner_;
  same_address.slug = "globex";
  EXPECT_EQ(code(seed_owner(*domain_, same_address)), "user.exists");
  EXPECT_FALSE(workspace("globex").has_value());
}

}  // namespace
}  // namespace orbit::app
