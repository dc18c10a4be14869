#include "workspaces/member_service.hpp"

#include "workspaces/testing/acme.hpp"

namespace orbit::workspaces {
namespace {

using kernel::outcome;

class MemberServiceTest : public AcmeTest {
 protected:
  std::string change(kernel::UserId actor, kernel::MemberId member, kernel::RoleId role) {
    return outcome(member_service.change_role(actor, "acme", member, role));
  }

  std::string remove(kernel::UserId actor, kernel::MemberId member) {
    return outcome(member_service.remove(actor, "acme", member));
  }

  void make_owner(kernel::MemberId member) {
    ASSERT_EQ(change(ada, member, owner_role), "ok");
    static_cast<void>(take_types());
  }
};

TEST_F(MemberServiceTest, ChangesARoleAndTellsOfIt) {
  const auto dto = member_service.change_role(ada, "acme", alan_member, admin_role).value();
  EXPECT_EQ(dto.id, alan_member);
  EXPECT_EQ(dto.role.id, admin_role);
  EXPECT_EQ(dto.name, "alan");
  EXPECT_EQ(role_of(alan).id, admin_role);
  const auto events = unit_of_work.take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].workspace_id, acme);
  EXPECT_EQ(kernel::from_domain_event<MemberRoleChanged>(events[0])->member_id, alan_member);
}

TEST_F(MemberServiceTest, SaysNothingOfARoleThatStays) {
  EXPECT_EQ(change(ada, alan_member, member_role), "ok");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(MemberServiceTest, LetsOnlyOwnersMakeOwners) {
  EXPECT_EQ(change(grace, alan_member, owner_role), "forbidden member.owner_required");
  EXPECT_EQ(change(grace, grace_member, owner_role), "forbidden member.owner_required");
  EXPECT_EQ(take_types(), Types{});
  EXPECT_EQ(change(ada, alan_member, owner_role), "ok");
}

TEST_F(MemberServiceTest, LetsOnlyOwnersUnmakeOwners) {
  make_owner(alan_member);
  EXPECT_EQ(change(grace, alan_member, member_role), "forbidden member.owner_required");
  EXPECT_EQ(remove(grace, alan_member), "forbidden member.owner_required");
  EXPECT_EQ(take_types(), Types{});
  EXPECT_EQ(change(ada, alan_member, member_role), "ok");
}

TEST_F(MemberServiceTest, LetsNobodyGiveARoleThatMayMoreThanTheyMay) {
  const auto clerk = member_who_may("clerk", {Permission::workspace_members_change_role});
  EXPECT_EQ(change(clerk, alan_member, admin_role), "forbidden role.cannot_exceed_own");
  EXPECT_EQ(change(clerk, member_of(clerk)->id, admin_role), "forbidden role.cannot_exceed_own");
  EXPECT_EQ(take_types(), Types{});
  EXPECT_EQ(change(clerk, alan_member, role_of(clerk).id), "ok");
}

TEST_F(MemberServiceTest, KeepsTheLastOwner) {
  EXPECT_EQ(change(ada, ada_member, admin_role), "conflict member.last_owner");
  EXPECT_EQ(remove(ada, ada_member), "conflict member.last_owner");
  EXPECT_EQ(outcome(member_service.leave(ada, "acme")), "conflict member.last_owner");
  EXPECT_EQ(take_types(), Types{});
  EXPECT_EQ(role_of(ada).id, owner_role);
}

TEST_F(MemberServiceTest, PassesTheWorkspaceOnWhenItsOwnerStepsDown) {
  make_owner(alan_member);
  make_owner(grace_member);
  EXPECT_EQ(change(ada, ada_member, member_role), "ok");
  EXPECT_EQ(take_types(), (Types{"workspaces.workspace.updated", "workspaces.member.role_changed"}));
  EXPECT_EQ(workspace_now().owner_id, grace_member);
}

TEST_F(MemberServiceTest, PassesTheWorkspaceOnWhenItsOwnerLeaves) {
  make_owner(alan_member);
  EXPECT_EQ(outcome(member_service.leave(ada, "acme")), "ok");
  EXPECT_EQ(take_types(), (Types{"workspaces.workspace.updated", "workspaces.member.left"}));
  EXPECT_EQ(workspace_now().owner_id, alan_member);
}

TEST_F(MemberServiceTest, LeavesTheWorkspaceWithItsOwnerWhenAnotherStepsDown) {
  ASSERT_TRUE(workspace_service.transfer(ada, "acme", alan_member));
  for (const auto member : {ada_member, grace_member}) ASSERT_EQ(change(alan, member, owner_role), "ok");
  static_cast<void>(take_types());
  EXPECT_EQ(change(grace, grace_member, member_role), "ok");
  EXPECT_EQ(take_types(), Types{"workspaces.member.role_changed"});
  EXPECT_EQ(outcome(member_service.leave(ada, "acme")), "ok");
  EXPECT_EQ(take_types(), Types{"workspaces.member.left"});
  EXPECT_EQ(workspace_now().owner_id, alan_member);
}

TEST_F(MemberServiceTest, RemovesAMember) {
  EXPECT_EQ(remove(grace, alan_member), "ok");
  EXPECT_EQ(member_of(alan), std::nullopt);
  const auto events = unit_of_work.take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(kernel::from_domain_event<MemberLeft>(events[0])->member_id, alan_member);
  EXPECT_EQ(remove(grace, alan_member), "not_found not_found");
  EXPECT_EQ(outcome(member_service.leave(alan, "acme")), "not_found not_found");
}

TEST_F(MemberServiceTest, LetsAnybodyTakeThemselvesOut) {
  EXPECT_EQ(remove(alan, grace_member), "forbidden permission.required");
  EXPECT_EQ(remove(alan, alan_member), "ok");
  EXPECT_EQ(outcome(member_service.leave(grace, "acme")), "ok");
  EXPECT_EQ(take_types(), (Types{"workspaces.member.left", "workspaces.member.left"}));
}

TEST_F(MemberServiceTest, TakesWhoeverLeavesOutOfTheirTeamsFirst) {
  for (const auto* name : {"Design", "Engines", "Sails"}) {
    const auto team = team_service.create(ada, "acme", name).value().id;
    if (name == std::string("Sails")) continue;
    ASSERT_TRUE(team_service.add_member(ada, "acme", team, alan_member));
    ASSERT_TRUE(team_service.add_member(ada, "acme", team, grace_member));
  }
  static_cast<void>(take_types());
  EXPECT_EQ(outcome(member_service.leave(alan, "acme")), "ok");
  EXPECT_EQ(take_types(),
            (Types{"workspaces.team.member_removed", "workspaces.team.member_removed", "workspaces.member.left"}));
  const auto teams_left = teams_now();
  EXPECT_EQ(teams_left[0].member_ids, std::vector{grace_member});
  EXPECT_EQ(teams_left[1].member_ids, std::vector{grace_member});
}

TEST_F(MemberServiceTest, RenamesAPersonInEachOfTheirWorkspaces) {
  const auto globex = workspace_service.create(alan, "globex", "Globex").value().id;
  static_cast<void>(take_types());
  EXPECT_EQ(member_service.rename_person(alan, " Alan Turing ")->name, "Alan Turing");
  const auto events = unit_of_work.take_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(kernel::from_domain_event<MemberUpdated>(events[0])->member_id, alan_member);
  EXPECT_EQ(events[0].workspace_id, acme);
  EXPECT_EQ(events[1].workspace_id, globex);
  EXPECT_EQ(read([&](const kernel::ReadContext& context) { return projection.member(context, alan_member); })->name,
            "Alan Turing");
}

TEST_F(MemberServiceTest, SaysNothingOfANameThatStaysAndRefusesABadOne) {
  EXPECT_EQ(outcome(member_service.rename_person(alan, "alan")), "ok");
  EXPECT_EQ(outcome(member_service.rename_person(alan, " ")), "invalid name required");
  EXPECT_EQ(outcome(member_service.rename_person(kernel::UserId::create(clock), "Nobody")), "not_found not_found");
  EXPECT_EQ(take_types(), Types{});
}

TEST(Member, HasATone) {
  const kernel::ManualClock clock;
  std::vector<bool> seen(8);
  for (int i = 0; i < 1000; ++i) seen.at(static_cast<std::size_t>(Member::join({}, {}, {}, clock).state().tone)) = true;
  EXPECT_EQ(seen, std::vector<bool>(8, true));
}

}  // namespace
}  // namespace orbit::workspaces
