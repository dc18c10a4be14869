#include "workspaces/team_service.hpp"

#include "workspaces/testing/acme.hpp"

namespace orbit::workspaces {
namespace {

using kernel::outcome;

class TeamServiceTest : public AcmeTest {
 protected:
  TeamServiceTest() {
    engines = team_service.create(ada, "acme", "Engines").value().id;
    static_cast<void>(take_types());
  }

  kernel::TeamId engines;
};

TEST_F(TeamServiceTest, CreatesAnEmptyTeam) {
  const auto team = team_service.create(grace, "acme", " Design ").value();
  EXPECT_EQ(team.name, "Design");
  EXPECT_TRUE(team.member_ids.empty());
  EXPECT_EQ(take_types(), Types{"workspaces.team.created"});
}

TEST_F(TeamServiceTest, KeepsNamesUniqueWhateverTheCase) {
  EXPECT_EQ(outcome(team_service.create(ada, "acme", "ENGINES ")), "conflict team.name_taken");
  const auto design = team_service.create(ada, "acme", "Design").value().id;
  EXPECT_EQ(outcome(team_service.rename(ada, "acme", design, "engines")), "conflict team.name_taken");
  EXPECT_EQ(outcome(team_service.rename(ada, "acme", design, "DESIGN")), "ok");
}

TEST_F(TeamServiceTest, RefusesABadName) {
  EXPECT_EQ(outcome(team_service.create(ada, "acme", " ")), "invalid name required");
  EXPECT_EQ(outcome(team_service.create(ada, "acme", std::string(81, 'x'))), "invalid name too_long");
  EXPECT_EQ(outcome(team_service.rename(ada, "acme", engines, "a\tb")), "invalid name bad_character");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(TeamServiceTest, RenamesAndTellsOfItOnlyWhenTheNameIsAnother) {
  EXPECT_EQ(team_service.rename(ada, "acme", engines, "Motors")->name, "Motors");
  EXPECT_EQ(outcome(team_service.rename(ada, "acme", engines, "Motors")), "ok");
  EXPECT_EQ(take_types(), Types{"workspaces.team.updated"});
}

TEST_F(TeamServiceTest, AddsAMemberOnce) {
  ASSERT_TRUE(team_service.add_member(ada, "acme", engines, alan_member));
  const auto events = unit_of_work.take_events();
  ASSERT_EQ(events.size(), 1U);
  const auto added_event = kernel::from_domain_event<TeamMemberAdded>(events[0]);
  EXPECT_EQ(added_event->team_id, engines);
  EXPECT_EQ(added_event->member_id, alan_member);
  EXPECT_EQ(team_service.add_member(ada, "acme", engines, alan_member)->member_ids, std::vector{alan_member});
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(TeamServiceTest, KeepsMembersInTheOrderInWhichTheyCame) {
  for (const auto member : {grace_member, ada_member, alan_member}) {
    ASSERT_TRUE(team_service.add_member(ada, "acme", engines, member));
  }
  EXPECT_EQ(teams_now()[0].member_ids, (std::vector{grace_member, ada_member, alan_member}));
}

TEST_F(TeamServiceTest, TakesAMemberOutOnce) {
  ASSERT_TRUE(team_service.add_member(ada, "acme", engines, alan_member));
  static_cast<void>(take_types());
  EXPECT_TRUE(team_service.remove_member(ada, "acme", engines, alan_member)->member_ids.empty());
  EXPECT_TRUE(team_service.remove_member(ada, "acme", engines, alan_member));
  EXPECT_EQ(take_types(), Types{"workspaces.team.member_removed"});
}

TEST_F(TeamServiceTest, TakesOnlyMembersOfTheWorkspace) {
  const auto nobody = kernel::MemberId::create(clock);
  EXPECT_EQ(outcome(team_service.add_member(ada, "acme", engines, nobody)), "not_found not_found");
  EXPECT_EQ(outcome(team_service.remove_member(ada, "acme", engines, nobody)), "not_found not_found");
  EXPECT_EQ(outcome(team_service.add_member(ada, "acme", kernel::TeamId::create(clock), alan_member)),
            "not_found not_found");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(TeamServiceTest, DeletesATeam) {
  EXPECT_EQ(outcome(team_service.remove(ada, "acme", engines)), "ok");
  const auto events = unit_of_work.take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(kernel::from_domain_event<TeamDeleted>(events[0])->team_id, engines);
  EXPECT_TRUE(teams_now().empty());
}

TEST_F(TeamServiceTest, HasALimit) {
  for (std::size_t i = 1; i < WorkspaceLimits::teams; ++i) {
    ASSERT_TRUE(team_service.create(ada, "acme", "Team " + std::to_string(i)));
  }
  EXPECT_EQ(outcome(team_service.create(ada, "acme", "One more")), "conflict limit.reached");
}

}  // namespace
}  // namespace orbit::workspaces
