#include "workspaces/access.hpp"

#include "workspaces/testing/acme.hpp"

namespace orbit::workspaces {
namespace {

using kernel::outcome;

class AccessTest : public AcmeTest {
 protected:
  struct Command {
    const char* name;
    std::optional<Permission> needs;
    std::function<std::string(kernel::UserId)> run;
  };

  AccessTest() {
    team = team_service.create(ada, "acme", "Engines").value().id;
    role = custom_role("Guide", {});
    invite = invite_service.create(ada, "acme", {"new@acme.test", std::nullopt}).value().invite.id;
    static_cast<void>(take_types());
  }

  // Every command on a workspace, with ids that are all there.
  std::vector<Command> commands() {
    return {
        {"rename", Permission::workspace_settings_edit,
         [&](auto who) { return outcome(workspace_service.rename(who, slug, "Other")); }},
        {"delete", Permission::workspace_delete,
         [&](auto who) { return outcome(workspace_service.remove(who, slug)); }},
        {"create role", Permission::workspace_roles_manage,
         [&](auto who) { return outcome(role_service.create(who, slug, {"Other", std::nullopt, {}})); }},
        {"change role", Permission::workspace_roles_manage,
         [&](auto who) { return outcome(role_service.change(who, slug, role, {.name = "Other"})); }},
        {"delete role", Permission::workspace_roles_manage,
         [&](auto who) { return outcome(role_service.remove(who, slug, role)); }},
        {"change member", Permission::workspace_members_change_role,
         [&](auto who) { return outcome(member_service.change_role(who, slug, grace_member, member_role)); }},
        {"remove member", Permission::workspace_members_remove,
         [&](auto who) { return outcome(member_service.remove(who, slug, grace_member)); }},
        {"create invite", Permission::workspace_members_invite,
         [&](auto who) { return outcome(invite_service.create(who, slug, {"x@acme.test", std::nullopt})); }},
        {"revoke invite", Permission::workspace_members_invite,
         [&](auto who) { return outcome(invite_service.revoke(who, slug, invite)); }},
        {"create team", Permission::teams_manage,
         [&](auto who) { return outcome(team_service.create(who, slug, "Other")); }},
        {"rename team", Permission::teams_manage,
         [&](auto who) { return outcome(team_service.rename(who, slug, team, "Other")); }},
        {"delete team", Permission::teams_manage,
         [&](auto who) { return outcome(team_service.remove(who, slug, team)); }},
        {"add to team", Permission::teams_manage,
         [&](auto who) { return outcome(team_service.add_member(who, slug, team, grace_member)); }},
        {"take from team", Permission::teams_manage,
         [&](auto who) { return outcome(team_service.remove_member(who, slug, team, grace_member)); }},
        {"transfer", std::nullopt,
         [&](auto who) { return outcome(workspace_service.transfer(who, slug, grace_member)); }},
        {"leave", std::nullopt, [&](auto who) { return outcome(member_service.leave(who, slug)); }},
    };
  }

  std::string slug = "acme";
  kernel::TeamId team;
  kernel::RoleId role;
  kernel::InviteId invite;
};

TEST_F(AccessTest, TellsWhoeverIsNoMemberThatThereIsNoSuchWorkspace) {
  for (const Command& command : commands()) {
    slug = "acme";
    EXPECT_EQ(command.run(stranger), "not_found not_found") << command.name;
    slug = "no-such";
    EXPECT_EQ(command.run(stranger), "not_found not_found") << command.name;
    EXPECT_EQ(command.run(ada), "not_found not_found") << command.name;
  }
  const auto hidden = workspace_service.rename(stranger, "acme", "Other");
  const auto absent = workspace_service.rename(stranger, "no-such", "Other");
  EXPECT_EQ(hidden.error().message, absent.error().message);
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(AccessTest, RefusesAMemberWithoutThePermissionAndChangesNothing) {
  for (const Command& command : commands()) {
    if (!command.needs) continue;
    EXPECT_EQ(command.run(alan), "forbidden permission.required") << command.name;
  }
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(AccessTest, AllowsWhoeverHoldsThatOnePermission) {
  for (const Permission permission : catalog::all_permissions) {
    const auto holder = member_who_may("may " + std::string(catalog::wire_name(permission)), {permission});
    for (const Command& command : commands()) {
      if (!command.needs || *command.needs == Permission::workspace_delete) continue;
      const bool refused = command.run(holder) == "forbidden permission.required";
      EXPECT_EQ(refused, command.needs != permission) << command.name << " with " << catalog::wire_name(permission);
    }
  }
}

TEST_F(AccessTest, NamesThePermissionThatIsMissing) {
  EXPECT_EQ(team_service.create(alan, "acme", "Other").error().message, "This needs the permission teams.manage.");
}

TEST_F(AccessTest, FindsNothingOfAnotherWorkspace) {
  const auto margaret = add_person("margaret");
  const auto globex = workspace_service.create(margaret, "globex", "Globex").value();
  static_cast<void>(take_types());
  EXPECT_EQ(outcome(team_service.rename(margaret, "globex", team, "Mine")), "not_found not_found");
  EXPECT_EQ(outcome(team_service.remove(margaret, "globex", team)), "not_found not_found");
  EXPECT_EQ(outcome(role_service.change(margaret, "globex", role, {.name = "Mine"})), "not_found not_found");
  EXPECT_EQ(outcome(role_service.remove(margaret, "globex", role)), "not_found not_found");
  EXPECT_EQ(outcome(invite_service.revoke(margaret, "globex", invite)), "not_found not_found");
  EXPECT_EQ(outcome(invite_service.create(margaret, "globex", {"x@acme.test", role})), "not_found not_found");
  EXPECT_EQ(outcome(member_service.remove(margaret, "globex", alan_member)), "not_found not_found");
  EXPECT_EQ(outcome(member_service.change_role(margaret, "globex", globex.owner_id, admin_role)),
            "not_found not_found");
  EXPECT_EQ(outcome(workspace_service.transfer(margaret, "globex", ada_member)), "not_found not_found");
  const auto own = team_service.create(margaret, "globex", "Own").value().id;
  static_cast<void>(take_types());
  EXPECT_EQ(outcome(team_service.add_member(margaret, "globex", own, alan_member)), "not_found not_found");
  EXPECT_EQ(take_types(), Types{});
}

}  // namespace
}  // namespace orbit::workspaces
