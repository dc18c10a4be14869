#include "app/domain_fixture.hpp"

namespace orbit::app {
namespace {

using catalog::Permission;
using catalog::SystemRole;
using Events = std::vector<std::string>;

class WorkspaceRules : public DomainTest {};

TEST_F(WorkspaceRules, TheCreatorIsOwnerAndThreeSystemRolesAreSeeded) {
  EXPECT_EQ(workspace().owner_id, ada_member);
  EXPECT_EQ(new_events(),
            (Events{"workspaces.workspace.created", "workspaces.role.created", "workspaces.role.created",
                    "workspaces.role.created", "workspaces.member.joined", "billing.subscription.updated"}));
  const auto roles = read([&](const auto& context) { return domain->repositories.roles.list(context, acme); });
  ASSERT_EQ(roles.size(), 3U);
  EXPECT_EQ(roles[0].permissions.size(), catalog::all_permissions.size());
  EXPECT_FALSE(roles[1].allows(Permission::workspace_delete));
  EXPECT_TRUE(roles[1].allows(Permission::workspace_members_invite));
  EXPECT_TRUE(roles[2].permissions.empty());
}

TEST_F(WorkspaceRules, SlugsFollowTheRulesAndAreUnique) {
  for (const char* slug : {"", "ab", "Upper", "under_score", "-x-y", "x-y-", "a--b", "api", "sign-in", "é-é"}) {
    EXPECT_EQ(code(domain->workspaces.create(ada, slug, "x")), "validation") << slug;
  }
  EXPECT_EQ(code(domain->workspaces.create(ada, std::string(41, 'a'), "x")), "validation");
  EXPECT_EQ(code(domain->workspaces.create(grace, "acme", "x")), "workspace.slug_taken");
  EXPECT_EQ(code(domain->workspaces.create(ada, std::string(40, 'a'), "x")), "");
}

TEST_F(WorkspaceRules, ToANonMemberThereIsNoWorkspace) {
  EXPECT_EQ(code(domain->workspaces.rename(grace, "acme", "x")), "not_found");
  EXPECT_EQ(code(domain->workspaces.remove(grace, "acme")), "not_found");
  EXPECT_EQ(code(domain->members.leave(grace, "acme")), "not_found");
  EXPECT_EQ(code(domain->teams.create(grace, "acme", "x")), "not_found");
  EXPECT_EQ(code(domain->billing.change_plan(grace, "acme", catalog::Plan::team, 1)), "not_found");
}

TEST_F(WorkspaceRules, WithoutThePermissionACommandIsRefused) {
  const auto member = join(grace, "grace@acme.test");
  new_events();
  EXPECT_EQ(code(domain->workspaces.rename(grace, "acme", "x")), "permission.required");
  EXPECT_EQ(code(domain->workspaces.remove(grace, "acme")), "permission.required");
  EXPECT_EQ(code(domain->roles.create(grace, "acme", {"x", {}, {}})), "permission.required");
  EXPECT_EQ(code(domain->members.remove(grace, "acme", ada_member)), "permission.required");
  EXPECT_EQ(code(domain->members.change_role(grace, "acme", member, role(SystemRole::ADMIN))), "permission.required");
  EXPECT_EQ(code(domain->invites.create(grace, "acme", {"x@y.test", {}})), "permission.required");
  EXPECT_EQ(code(domain->teams.create(grace, "acme", "x")), "permission.required");
  EXPECT_EQ(code(domain->billing.change_plan(grace, "acme", catalog::Plan::team, 1)), "permission.required");
  EXPECT_EQ(code(domain->workspaces.transfer(grace, "acme", member)), "workspace.owner_required");
  EXPECT_TRUE(new_events().empty());
}

TEST_F(WorkspaceRules, TheInvitesThatEndedLongestAgoAreForgottenAndOpenOnesNever) {
  const auto& invites = domain->repositories.invites;
  const auto invite = [&](const std::string& email) {
    clock.advance(std::chrono::seconds(1));
    return *domain->invites.create(ada, "acme", {email, {}});
  };
  const auto open = invite("open@acme.test"), used = invite("grace@acme.test"), revoked = invite("x@acme.test");
  ASSERT_EQ(code(domain->invites.accept(grace, used.token)), "");
  ASSERT_EQ(code(domain->invites.revoke(ada, "acme", revoked.invite.id)), "");
  const auto forget = [&](kernel::WorkspaceId workspace, std::size_t kept) {
    ASSERT_EQ(code(domain->unit_of_work.run([&](kernel::WriteContext& context) -> kernel::Result<> {
                context.lock(workspace);
                invites.forget_ended(context, workspace, clock.now(), kept);
                return {};
              })),
              "");
  };
  forget(domain->workspaces.create(ada, "globex", "Globex")->id, 0);
  forget(acme, 2);
  EXPECT_EQ(code(domain->invites.accept(alan, used.token)), "invite.used");
  forget(acme, 1);
  EXPECT_EQ(code(domain->invites.accept(alan, used.token)), "invite.unknown");
  EXPECT_EQ(code(domain->invites.accept(alan, revoked.token)), "invite.revoked");
  EXPECT_EQ(code(domain->invites.accept(alan, open.token)), "invite.other_email");
  clock.advance(workspaces::Invite::lifetime);
  EXPECT_EQ(code(domain->invites.accept(alan, open.token)), "invite.expired");
  forget(acme, 0);
  EXPECT_EQ(code(domain->invites.accept(alan, open.token)), "invite.unknown");
}

TEST_F(WorkspaceRules, ATransferMakesTheHeirOwnerAndTheFormerOwnerAdmin) {
  const auto heir = join(grace, "grace@acme.test");
  new_events();
  ASSERT_EQ(code(domain->workspaces.transfer(ada, "acme", heir)), "");
  EXPECT_EQ(workspace().owner_id, heir);
  EXPECT_EQ(new_events(), (Events{"workspaces.member.role_changed", "workspaces.member.role_changed",
                                  "workspaces.workspace.updated"}));
  EXPECT_EQ(code(domain->workspaces.remove(ada, "acme")), "permission.required");
}

TEST_F(WorkspaceRules, DeletingLeavesTheLogBehind) {
  new_events();
  ASSERT_EQ(code(domain->workspaces.remove(ada, "acme")), "");
  EXPECT_EQ(new_events(), Events{"workspaces.workspace.deleted"});
  EXPECT_EQ(code(domain->workspaces.rename(ada, "acme", "x")), "not_found");
}

TEST_F(WorkspaceRules, TheOwnersPermissionsAreLockedAndSystemRolesKeepTheirNames) {
  EXPECT_EQ(code(domain->roles.change(ada, "acme", role(SystemRole::OWNER), {{}, {}, workspaces::Permissions{}})),
            "role.locked");
  EXPECT_EQ(code(domain->roles.change(ada, "acme", role(SystemRole::ADMIN), {"Chief", {}, {}})), "role.system");
  EXPECT_EQ(code(domain->roles.remove(ada, "acme", role(SystemRole::MEMBER))), "role.system");
  EXPECT_EQ(code(domain->roles.change(ada, "acme", role(SystemRole::MEMBER),
                                      {{}, {}, workspaces::Permissions{Permission::teams_manage}})),
            "");
}

TEST_F(WorkspaceRules, ARoleInUseIsNotDeleted) {
  const auto guide = domain->roles.create(ada, "acme", {"Guide", {}, {}})->id;
  const auto invite = domain->invites.create(ada, "acme", {"grace@acme.test", guide});
  EXPECT_EQ(code(domain->roles.remove(ada, "acme", guide)), "role.in_use");
  const auto member = domain->invites.accept(grace, invite->token)->member.id;
  EXPECT_EQ(code(domain->roles.remove(ada, "acme", guide)), "role.in_use");
  ASSERT_EQ(code(domain->members.change_role(ada, "acme", member, role(SystemRole::MEMBER))), "");
  new_events();
  EXPECT_EQ(code(domain->roles.remove(ada, "acme", guide)), "");
  EXPECT_EQ(new_events(), Events{"workspaces.role.deleted"});
}

TEST_F(WorkspaceRules, RoleNamesAreUniqueWhateverTheCase) {
  ASSERT_EQ(code(domain->roles.create(ada, "acme", {"Guide", {}, {}})), "");
  EXPECT_EQ(code(domain->roles.create(ada, "acme", {"gUIDE", {}, {}})), "role.name_taken");
}

TEST_F(WorkspaceRules, NobodyGivesPermissionsThatTheyDoNotHave) {
  join(grace, "grace@acme.test", role(SystemRole::ADMIN));
  EXPECT_EQ(code(domain->roles.create(grace, "acme", {"x", {}, {Permission::workspace_delete}})),
            "role.cannot_exceed_own");
  const auto strong = domain->roles.create(ada, "acme", {"Strong", {}, {Permission::billing_manage}})->id;
  EXPECT_EQ(code(domain->members.change_role(grace, "acme", member_of(grace), strong)), "role.cannot_exceed_own");
  EXPECT_EQ(code(domain->invites.create(grace, "acme", {"x@y.test", strong})), "role.cannot_exceed_own");
}

TEST_F(WorkspaceRules, OnlyOwnersMakeOrUnmakeOwners) {
  const auto admin = join(grace, "grace@acme.test", role(SystemRole::ADMIN));
  EXPECT_EQ(code(domain->members.change_role(grace, "acme", admin, role(SystemRole::OWNER))), "member.owner_required");
  EXPECT_EQ(code(domain->members.change_role(grace, "acme", ada_member, role(SystemRole::MEMBER))),
            "member.owner_required");
  EXPECT_EQ(code(domain->members.remove(grace, "acme", ada_member)), "member.owner_required");
  EXPECT_EQ(code(domain->invites.create(grace, "acme", {"x@y.test", role(SystemRole::OWNER)})),
            "member.owner_required");
}

TEST_F(WorkspaceRules, TheLastOwnerStaysAndAnotherTakesOverTheWorkspace) {
  EXPECT_EQ(code(domain->members.leave(ada, "acme")), "member.last_owner");
  EXPECT_EQ(code(domain->members.change_role(ada, "acme", ada_member, role(SystemRole::ADMIN))), "member.last_owner");
  const auto second = join(grace, "grace@acme.test", role(SystemRole::OWNER));
  new_events();
  ASSERT_EQ(code(domain->members.leave(ada, "acme")), "");
  EXPECT_EQ(workspace().owner_id, second);
  EXPECT_EQ(new_events(), (Events{"workspaces.workspace.updated", "workspaces.member.left"}));
}

TEST_F(WorkspaceRules, WhoLeavesIsTakenOutOfTheirTeamsFirst) {
  const auto member = join(grace, "grace@acme.test");
  const auto team = domain->teams.create(ada, "acme", "Engines")->id;
  ASSERT_EQ(code(domain->teams.add_member(ada, "acme", team, member)), "");
  new_events();
  ASSERT_EQ(code(domain->members.remove(ada, "acme", member)), "");
  EXPECT_EQ(new_events(), (Events{"workspaces.team.member_removed", "workspaces.member.left"}));
}

TEST_F(WorkspaceRules, TeamsHaveUniqueNamesAndAddingTwiceChangesNothing) {
  const auto team = domain->teams.create(ada, "acme", "Engines")->id;
  EXPECT_EQ(code(domain->teams.create(ada, "acme", "ENGINES")), "team.name_taken");
  ASSERT_EQ(code(domain->teams.add_member(ada, "acme", team, ada_member)), "");
  new_events();
  ASSERT_EQ(code(domain->teams.add_member(ada, "acme", team, ada_member)), "");
  ASSERT_EQ(code(domain->teams.rename(ada, "acme", team, "Engines")), "");
  EXPECT_TRUE(new_events().empty());
  ASSERT_EQ(code(domain->teams.remove(ada, "acme", team)), "");
  EXPECT_EQ(new_events(), Events{"workspaces.team.deleted"});
}

TEST_F(WorkspaceRules, WhatIsInAnotherWorkspaceIsNotThere) {
  ASSERT_EQ(code(domain->workspaces.create(ada, "other", "Other")), "");
  const auto team = domain->teams.create(ada, "acme", "Engines")->id;
  EXPECT_EQ(code(domain->teams.rename(ada, "other", team, "x")), "not_found");
  EXPECT_EQ(code(domain->roles.change(ada, "other", role(SystemRole::MEMBER), {})), "not_found");
  EXPECT_EQ(code(domain->members.remove(ada, "other", ada_member)), "not_found");
  EXPECT_EQ(code(domain->workspaces.transfer(ada, "other", ada_member)), "not_found");
}

TEST_F(WorkspaceRules, ARenamedPersonIsRenamedInEachWorkspace) {
  new_events();
  ASSERT_EQ(code(domain->members.rename_person(ada, "  Countess ")), "");
  EXPECT_EQ(new_events(), Events{"workspaces.member.updated"});
  ASSERT_EQ(code(domain->members.rename_person(ada, "Countess")), "");
  EXPECT_TRUE(new_events().empty());
}

class InviteRules : public DomainTest {};

TEST_F(InviteRules, AnInviteMakesAMemberOnce) {
  const auto invite = domain->invites.create(ada, "acme", {"Grace@Acme.test", {}});
  ASSERT_TRUE(invite.has_value());
  new_events();
  ASSERT_EQ(code(domain->invites.accept(grace, invite->token)), "");
  EXPECT_EQ(new_events(), (Events{"workspaces.invite.accepted", "workspaces.member.joined"}));
  EXPECT_EQ(code(domain->invites.accept(grace, invite->token)), "invite.used");
}

TEST_F(InviteRules, ExpiredRevokedAndUnknownTokensHaveTheirOwnCodes) {
  const auto first = domain->invites.create(ada, "acme", {"grace@acme.test", {}});
  clock.advance(std::chrono::hours(24 * 7));
  EXPECT_EQ(code(domain->invites.accept(grace, first->token)), "invite.expired");
  const auto second = domain->invites.create(ada, "acme", {"grace@acme.test", {}});
  ASSERT_EQ(code(domain->invites.revoke(ada, "acme", second->invite.id)), "");
  EXPECT_EQ(code(domain->invites.accept(grace, second->token)), "invite.revoked");
  EXPECT_EQ(code(domain->invites.revoke(ada, "acme", second->invite.id)), "invite.revoked");
  EXPECT_EQ(code(domain->invites.accept(grace, "no-such-token")), "invite.unknown");
}

TEST_F(InviteRules, OnlyTheInvitedPersonMayAccept) {
  const auto invite = domain->invites.create(ada, "acme", {"grace@acme.test", {}});
  EXPECT_EQ(code(domain->invites.accept(alan, invite->token)), "invite.other_email");
}

TEST_F(InviteRules, MembersAndInvitedPeopleAreNotInvitedAgain) {
  EXPECT_EQ(code(domain->invites.create(ada, "acme", {"ada@acme.test", {}})), "member.already_exists");
  ASSERT_EQ(code(domain->invites.create(ada, "acme", {"grace@acme.test", {}})), "");
  EXPECT_EQ(code(domain->invites.create(ada, "acme", {"grace@acme.test", {}})), "invite.already_pending");
}

TEST_F(InviteRules, SomebodyNewGetsAnAccountAndASession) {
  const auto invite = domain->invites.create(ada, "acme", {"new@acme.test", {}});
  EXPECT_EQ(code(domain->invites.accept({"New", "short", "", ""}, invite->token)), "validation");
  const auto accepted = domain->invites.accept({"New", "long enough", "browser", "127.0.0.1"}, invite->token);
  ASSERT_EQ(code(accepted), "");
  ASSERT_TRUE(accepted->signed_in.has_value());
  EXPECT_TRUE(domain->session_resolver.resolve(accepted->signed_in->token).has_value());
  EXPECT_EQ(code(domain->sessions.sign_in({"new@acme.test", "long enough", "", ""})), "");
}

TEST_F(InviteRules, AnAccountThatExistsIsNotMadeAgain) {
  const auto invite = domain->invites.create(ada, "acme", {"grace@acme.test", {}});
  EXPECT_EQ(code(domain->invites.accept({"Grace", "long enough", "", ""}, invite->token)), "invite.account_exists");
}

}  // namespace
}  // namespace orbit::app
