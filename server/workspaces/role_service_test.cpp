#include "workspaces/role_service.hpp"

#include "workspaces/testing/acme.hpp"

namespace orbit::workspaces {
namespace {

using kernel::outcome;

class RoleServiceTest : public AcmeTest {
 protected:
  std::string create(kernel::UserId actor, std::string name, Permissions permissions = {}) {
    return outcome(role_service.create(actor, "acme", {std::move(name), std::nullopt, std::move(permissions)}));
  }

  std::string permit(kernel::UserId actor, kernel::RoleId role, Permissions permissions) {
    return outcome(role_service.change(actor, "acme", role, {.permissions = std::move(permissions)}));
  }
};

TEST_F(RoleServiceTest, CreatesARoleBehindTheOthers) {
  const auto role =
      role_service
          .create(ada, "acme",
                  {" Guide ",
                   " Shows people round ",
                   {Permission::teams_manage, Permission::workspace_members_invite, Permission::teams_manage}})
          .value();
  EXPECT_EQ(role.name, "Guide");
  EXPECT_EQ(role.description, "Shows people round");
  EXPECT_FALSE(role.is_system);
  EXPECT_EQ(role.permissions, (Permissions{Permission::workspace_members_invite, Permission::teams_manage}));
  EXPECT_EQ(roles_now().back().id, role.id);
  EXPECT_EQ(take_types(), Types{"workspaces.role.created"});
}

TEST_F(RoleServiceTest, KeepsNamesUniqueWhateverTheCase) {
  ASSERT_EQ(create(ada, "Guide"), "ok");
  EXPECT_EQ(create(ada, "gUIDE"), "conflict role.name_taken");
  EXPECT_EQ(create(ada, " owner "), "conflict role.name_taken");
  const auto other = custom_role("Other", {});
  EXPECT_EQ(outcome(role_service.change(ada, "acme", other, {.name = "GUIDE"})), "conflict role.name_taken");
  EXPECT_EQ(outcome(role_service.change(ada, "acme", other, {.name = "OTHER"})), "ok");
}

TEST_F(RoleServiceTest, RefusesABadNameOrDescription) {
  EXPECT_EQ(create(ada, ""), "invalid name required");
  EXPECT_EQ(create(ada, std::string(81, 'x')), "invalid name too_long");
  EXPECT_EQ(outcome(role_service.create(ada, "acme", {"Guide", std::string(301, 'x'), {}})),
            "invalid description too_long");
  const auto role = custom_role("Guide", {});
  EXPECT_EQ(outcome(role_service.change(ada, "acme", role, {.name = "a\nb"})), "invalid name bad_character");
  EXPECT_EQ(outcome(role_service.change(ada, "acme", role, {.description = "a\x01"})),
            "invalid description bad_character");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(RoleServiceTest, TakesABlankDescriptionForNone) {
  EXPECT_EQ(role_service.create(ada, "acme", {"Guide", " ", {}})->description, std::nullopt);
}

TEST_F(RoleServiceTest, ChangesOnlyWhatIsGivenAndTellsOfItOnce) {
  const auto role = role_service.create(ada, "acme", {"Guide", "Guides", {Permission::teams_manage}}).value().id;
  static_cast<void>(take_types());
  const auto renamed = role_service.change(ada, "acme", role, {.name = "Warden"}).value();
  EXPECT_EQ(renamed.description, "Guides");
  EXPECT_EQ(renamed.permissions, Permissions{Permission::teams_manage});
  EXPECT_EQ(take_types(), Types{"workspaces.role.updated"});
  EXPECT_EQ(role_service.change(ada, "acme", role, {.description = std::optional<std::string>()})->description,
            std::nullopt);
  EXPECT_EQ(take_types(), Types{"workspaces.role.updated"});
  EXPECT_TRUE(role_service.change(ada, "acme", role, {.name = "Warden", .permissions = {{Permission::teams_manage}}}));
  EXPECT_TRUE(role_service.change(ada, "acme", role, {}));
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(RoleServiceTest, LocksTheOwnersPermissions) {
  EXPECT_EQ(permit(ada, owner_role, {}), "conflict role.locked");
  EXPECT_EQ(permit(ada, owner_role, {catalog::all_permissions.begin(), catalog::all_permissions.end()}), "ok");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(RoleServiceTest, LetsTheOtherSystemRolesHaveOtherPermissions) {
  EXPECT_EQ(permit(ada, member_role, {Permission::teams_manage}), "ok");
  EXPECT_EQ(permit(ada, admin_role, {}), "ok");
  EXPECT_EQ(take_types(), (Types{"workspaces.role.updated", "workspaces.role.updated"}));
}

TEST_F(RoleServiceTest, NeitherRenamesNorDeletesSystemRoles) {
  for (const auto role : {owner_role, admin_role, member_role}) {
    EXPECT_EQ(outcome(role_service.change(ada, "acme", role, {.name = "Other"})), "conflict role.system");
    EXPECT_EQ(outcome(role_service.remove(ada, "acme", role)), "conflict role.system");
  }
  EXPECT_EQ(outcome(role_service.change(ada, "acme", admin_role, {.name = "Admin", .description = "Runs it"})), "ok");
  EXPECT_EQ(take_types(), Types{"workspaces.role.updated"});
}

TEST_F(RoleServiceTest, LetsNobodyGivePermissionsTheyDoNotHave) {
  const auto keeper = member_who_may("keeper", {Permission::workspace_roles_manage, Permission::teams_manage});
  EXPECT_EQ(create(keeper, "More", {Permission::billing_manage}), "forbidden role.cannot_exceed_own");
  EXPECT_EQ(create(keeper, "Same", {Permission::teams_manage}), "ok");
  EXPECT_EQ(permit(keeper, role_of(keeper).id, {Permission::workspace_roles_manage, Permission::workspace_delete}),
            "forbidden role.cannot_exceed_own");
  EXPECT_EQ(permit(keeper, member_role, {Permission::workspace_members_remove}), "forbidden role.cannot_exceed_own");
  EXPECT_EQ(permit(grace, admin_role, {Permission::billing_manage}), "forbidden role.cannot_exceed_own");
  EXPECT_EQ(take_types(), Types{"workspaces.role.created"});
}

TEST_F(RoleServiceTest, LetsPermissionsStayThatTheOneWhoChangesARoleDoesNotHave) {
  const auto keeper = member_who_may("keeper", {Permission::workspace_roles_manage, Permission::teams_manage});
  const auto role = custom_role("Cashier", {Permission::billing_manage});
  EXPECT_EQ(permit(keeper, role, {Permission::billing_manage, Permission::teams_manage}), "ok");
  EXPECT_EQ(permit(keeper, role, {}), "ok");
  EXPECT_EQ(permit(keeper, role, {Permission::billing_manage}), "forbidden role.cannot_exceed_own");
}

TEST_F(RoleServiceTest, DeletesARoleThatNobodyHas) {
  const auto role = custom_role("Guide", {});
  EXPECT_EQ(outcome(role_service.remove(ada, "acme", role)), "ok");
  const auto events = unit_of_work.take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(kernel::from_domain_event<RoleDeleted>(events[0])->role_id, role);
  EXPECT_EQ(roles_now().size(), 3U);
  EXPECT_EQ(outcome(role_service.remove(ada, "acme", role)), "not_found not_found");
}

TEST_F(RoleServiceTest, KeepsARoleThatAMemberHas) {
  const auto role = custom_role("Guide", {});
  ASSERT_TRUE(member_service.change_role(ada, "acme", alan_member, role));
  EXPECT_EQ(outcome(role_service.remove(ada, "acme", role)), "conflict role.in_use");
  ASSERT_TRUE(member_service.change_role(ada, "acme", alan_member, member_role));
  EXPECT_EQ(outcome(role_service.remove(ada, "acme", role)), "ok");
}

TEST_F(RoleServiceTest, KeepsARoleThatAnOpenInviteGives) {
  const auto role = custom_role("Guide", {});
  ASSERT_TRUE(invite_service.create(ada, "acme", {"new@acme.test", role}));
  EXPECT_EQ(outcome(role_service.remove(ada, "acme", role)), "conflict role.in_use");
  clock.advance(Invite::lifetime);
  EXPECT_EQ(outcome(role_service.remove(ada, "acme", role)), "ok");
}

TEST_F(RoleServiceTest, HasALimit) {
  for (std::size_t i = roles_now().size(); i < WorkspaceLimits::roles; ++i) {
    ASSERT_EQ(create(ada, "Role " + std::to_string(i)), "ok");
  }
  EXPECT_EQ(create(ada, "One more"), "conflict limit.reached");
}

}  // namespace
}  // namespace orbit::workspaces
