#include "workspaces/workspace_service.hpp"

#include "workspaces/testing/acme.hpp"

namespace orbit::workspaces {
namespace {

using kernel::outcome;

class WorkspaceServiceTest : public AcmeTest {};

TEST_F(WorkspaceServiceTest, MakesTheCreatorItsOwner) {
  const auto created = workspace_service.create(stranger, "globex", "  Globex ").value();
  EXPECT_EQ(created.slug, "globex");
  EXPECT_EQ(created.name, "Globex");
  const auto members_of_globex =
      read([&](const kernel::ReadContext& context) { return projection.members(context, created.id); });
  ASSERT_EQ(members_of_globex.size(), 1U);
  EXPECT_EQ(members_of_globex[0].id, created.owner_id);
  EXPECT_EQ(members_of_globex[0].user_id, stranger);
  EXPECT_EQ(members_of_globex[0].role.system_key, SystemRole::OWNER);
}

TEST_F(WorkspaceServiceTest, TellsOfTheWorkspaceItsRolesAndItsFounder) {
  ASSERT_TRUE(workspace_service.create(stranger, "globex", "Globex"));
  EXPECT_EQ(take_types(), (Types{"workspaces.workspace.created", "workspaces.role.created", "workspaces.role.created",
                                 "workspaces.role.created", "workspaces.member.joined"}));
}

TEST_F(WorkspaceServiceTest, LetsOtherFeaturesJoinTheTransaction) {
  const auto created = workspace_service.create(stranger, "globex", "Globex").value();
  EXPECT_EQ(hook.created, (std::vector{acme, created.id}));
}

TEST_F(WorkspaceServiceTest, SeedsThreeSystemRolesWithTheirPermissions) {
  const Permissions all(catalog::all_permissions.begin(), catalog::all_permissions.end());
  const auto seeded = roles_now();
  ASSERT_EQ(seeded.size(), 3U);
  EXPECT_EQ(seeded[0].system_key, SystemRole::OWNER);
  EXPECT_EQ(seeded[0].permissions, all);
  EXPECT_EQ(seeded[1].system_key, SystemRole::ADMIN);
  EXPECT_EQ(added(seeded[1].permissions, all), (Permissions{Permission::workspace_delete, Permission::billing_manage}));
  EXPECT_EQ(seeded[2].system_key, SystemRole::MEMBER);
  EXPECT_EQ(seeded[2].permissions, Permissions{});
}

TEST_F(WorkspaceServiceTest, RefusesATakenSlugABadSlugAndABadName) {
  EXPECT_EQ(outcome(workspace_service.create(stranger, "acme", "Mine")), "conflict workspace.slug_taken");
  EXPECT_EQ(outcome(workspace_service.create(stranger, "a--b", "Mine")), "invalid slug bad_character");
  EXPECT_EQ(outcome(workspace_service.create(stranger, "mine", "\x07")), "invalid name bad_character");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(WorkspaceServiceTest, LetsAPersonBeInSoManyWorkspacesAndNoMore) {
  for (std::size_t i = 0; i < WorkspaceLimits::workspaces_per_user; ++i) {
    ASSERT_EQ(outcome(workspace_service.create(stranger, "mine-" + std::to_string(i), "Mine")), "ok");
  }
  EXPECT_EQ(outcome(workspace_service.create(stranger, "one-more", "Mine")), "conflict limit.reached");
}

TEST_F(WorkspaceServiceTest, RenamesAndTellsOfItOnlyWhenTheNameIsAnother) {
  EXPECT_EQ(workspace_service.rename(ada, "acme", "Acme Works")->name, "Acme Works");
  EXPECT_EQ(take_types(), Types{"workspaces.workspace.updated"});
  EXPECT_TRUE(workspace_service.rename(ada, "acme", "Acme Works"));
  EXPECT_EQ(outcome(workspace_service.rename(ada, "acme", "")), "invalid name required");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(WorkspaceServiceTest, HandsTheWorkspaceOverAndMakesTheFormerOwnerAnAdmin) {
  EXPECT_EQ(workspace_service.transfer(ada, "acme", alan_member)->owner_id, alan_member);
  EXPECT_EQ(role_of(alan).id, owner_role);
  EXPECT_EQ(role_of(ada).id, admin_role);
  const auto events = unit_of_work.take_events();
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(kernel::from_domain_event<MemberRoleChanged>(events[0])->member_id, alan_member);
  EXPECT_EQ(kernel::from_domain_event<MemberRoleChanged>(events[1])->member_id, ada_member);
  EXPECT_EQ(events[2].type, WorkspaceUpdated::type);
  EXPECT_EQ(workspace_now().owner_id, alan_member);
}

TEST_F(WorkspaceServiceTest, LetsOnlyTheOwnerHandItOver) {
  ASSERT_TRUE(member_service.change_role(ada, "acme", grace_member, owner_role));
  static_cast<void>(take_types());
  EXPECT_EQ(outcome(workspace_service.transfer(grace, "acme", alan_member)), "forbidden workspace.owner_required");
  EXPECT_EQ(outcome(workspace_service.transfer(alan, "acme", alan_member)), "forbidden workspace.owner_required");
  EXPECT_TRUE(workspace_service.transfer(ada, "acme", ada_member));
  EXPECT_EQ(take_types(), Types{});
  EXPECT_EQ(role_of(ada).id, owner_role);
}

TEST_F(WorkspaceServiceTest, DeletesItForGood) {
  EXPECT_EQ(outcome(workspace_service.remove(grace, "acme")), "forbidden permission.required");
  EXPECT_TRUE(workspace_service.remove(ada, "acme"));
  EXPECT_EQ(take_types(), Types{"workspaces.workspace.deleted"});
  EXPECT_EQ(outcome(workspace_service.remove(ada, "acme")), "not_found not_found");
}

TEST_F(WorkspaceServiceTest, LeavesNothingOfACreationThatWasNotCommitted) {
  unit_of_work.fail_commits();
  EXPECT_EQ(outcome(workspace_service.create(stranger, "globex", "Globex")), "unavailable database.busy");
  EXPECT_TRUE(
      read([&](const kernel::ReadContext& context) { return projection.workspaces_of(context, stranger); }).empty());
  EXPECT_EQ(take_types(), Types{});
}

}  // namespace
}  // namespace orbit::workspaces
