#include "workspaces/projection.hpp"

#include "workspaces/testing/acme.hpp"

namespace orbit::workspaces {
namespace {

using kernel::ReadContext;

class ProjectionTest : public AcmeTest {};

TEST_F(ProjectionTest, ShowsAMemberWithTheRoleTheyHoldNow) {
  const auto shown = [&] {
    return read([&](const ReadContext& context) { return projection.member(context, alan_member); }).value();
  };
  EXPECT_EQ(shown().name, "alan");
  EXPECT_EQ(shown().email, "alan@acme.test");
  EXPECT_EQ(shown().role.system_key, SystemRole::MEMBER);
  EXPECT_EQ(shown().role.is_system, true);
  ASSERT_TRUE(role_service.change(ada, "acme", member_role, {.permissions = {{Permission::teams_manage}}}));
  EXPECT_EQ(shown().role.permissions, Permissions{Permission::teams_manage});
  ASSERT_TRUE(member_service.change_role(ada, "acme", alan_member, admin_role));
  EXPECT_EQ(shown().role.id, admin_role);
}

TEST_F(ProjectionTest, ListsMembersOldestFirst) {
  std::vector<kernel::MemberId> ids;
  for (const auto& member : read([&](const ReadContext& context) { return projection.members(context, acme); })) {
    ids.push_back(member.id);
  }
  EXPECT_EQ(ids, (std::vector{ada_member, grace_member, alan_member}));
}

TEST_F(ProjectionTest, CountsARolesHoldersOnlyWhenAsked) {
  const auto counted = read([&](const ReadContext& context) { return projection.counted_roles(context, acme); });
  const auto plain = read([&](const ReadContext& context) { return projection.roles(context, acme); });
  ASSERT_EQ(counted.size(), 3U);
  EXPECT_EQ(counted[0].member_count.value(), 1U);
  EXPECT_EQ(counted[2].member_count.value(), 1U);
  EXPECT_FALSE(plain[0].member_count.has_value());
  ASSERT_TRUE(member_service.leave(alan, "acme"));
  EXPECT_EQ(
      read([&](const ReadContext& context) { return projection.counted_roles(context, acme); })[2].member_count.value(),
      0U);
}

TEST_F(ProjectionTest, ListsOpenInvitesWithTheirRoles) {
  const auto open = invite_service.create(ada, "acme", {"open@acme.test", admin_role}).value().invite.id;
  const auto revoked = invite_service.create(ada, "acme", {"revoked@acme.test", std::nullopt}).value().invite.id;
  const auto used = invite_service.create(ada, "acme", {"stranger@acme.test", std::nullopt}).value();
  ASSERT_TRUE(invite_service.revoke(ada, "acme", revoked));
  ASSERT_TRUE(invite_service.accept(stranger, used.token));
  const auto listed = [&] {
    return read([&](const ReadContext& context) { return projection.open_invites(context, acme, clock.now()); });
  };
  ASSERT_EQ(listed().size(), 1U);
  EXPECT_EQ(listed()[0].id, open);
  EXPECT_EQ(listed()[0].role->id, admin_role);
  clock.advance(Invite::lifetime);
  EXPECT_TRUE(listed().empty());
}

TEST_F(ProjectionTest, ShowsWhenAnInviteWasUsedOrRevoked) {
  const auto revoked = invite_service.create(ada, "acme", {"revoked@acme.test", std::nullopt}).value().invite.id;
  const auto used = invite_service.create(ada, "acme", {"stranger@acme.test", std::nullopt}).value();
  clock.advance(std::chrono::minutes{1});
  ASSERT_TRUE(invite_service.revoke(ada, "acme", revoked));
  ASSERT_TRUE(invite_service.accept(stranger, used.token));
  const auto shown = [&](kernel::InviteId id) {
    return read([&](const ReadContext& context) { return projection.invite(context, id); }).value();
  };
  EXPECT_EQ(shown(revoked).revoked_at, clock.now());
  EXPECT_EQ(shown(revoked).accepted_at, std::nullopt);
  EXPECT_EQ(shown(used.invite.id).accepted_at, clock.now());
}

TEST_F(ProjectionTest, ShowsNothingOfWhatIsGone) {
  const auto team = team_service.create(ada, "acme", "Engines").value().id;
  const auto role = custom_role("Guide", {});
  ASSERT_TRUE(team_service.remove(ada, "acme", team));
  ASSERT_TRUE(role_service.remove(ada, "acme", role));
  ASSERT_TRUE(member_service.leave(alan, "acme"));
  ASSERT_TRUE(workspace_service.remove(ada, "acme"));
  read([&](const ReadContext& context) {
    EXPECT_EQ(projection.team(context, team).has_value(), false);
    EXPECT_EQ(projection.role(context, role).has_value(), false);
    EXPECT_EQ(projection.member(context, alan_member).has_value(), false);
    EXPECT_EQ(projection.workspace(context, acme).has_value(), false);
    EXPECT_EQ(projection.invite(context, kernel::InviteId::create(clock)).has_value(), false);
    return true;
  });
}

TEST_F(ProjectionTest, ListsAPersonsWorkspacesByName) {
  ASSERT_TRUE(workspace_service.create(alan, "zebra", "Aardvark"));
  const auto listed = read([&](const ReadContext& context) { return projection.workspaces_of(context, alan); });
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].slug, "zebra");
  EXPECT_EQ(listed[1].slug, "acme");
  EXPECT_TRUE(read([&](const ReadContext& context) { return projection.workspaces_of(context, stranger); }).empty());
}

}  // namespace
}  // namespace orbit::workspaces
