#include "catalog/json.hpp"

#include <gtest/gtest.h>

namespace orbit::catalog {
namespace {

const kernel::ManualClock clock;

WorkspaceRoleDTO role() {
  WorkspaceRoleDTO role;
  role.id = RoleId::create(clock);
  role.workspace_id = WorkspaceId::create(clock);
  role.name = "Admin";
  role.system_key = SystemRole::ADMIN;
  role.is_system = true;
  role.permissions = {Permission::workspace_members_invite, Permission::teams_manage};
  role.created_at = clock.now();
  return role;
}

TEST(CatalogJson, WritesCamelCaseNullsAndWireNames) {
  const auto dto = role();
  EXPECT_EQ(to_json(dto),
            R"({"id":")" + dto.id.str() + R"(","workspaceId":")" + dto.workspace_id.str() +
                R"(","name":"Admin","description":null,"isSystem":true,"systemKey":"ADMIN","sortOrder":0,)"
                R"("permissions":["workspace.members.invite","teams.manage"],)"
                R"("createdAt":"2026-01-01T00:00:00.000Z"})");
}

TEST(CatalogJson, LeavesOutAnEmptyOmittableOnly) {
  auto dto = role();
  EXPECT_EQ(to_json(dto).find("memberCount"), std::string::npos);
  dto.member_count = 3;
  EXPECT_NE(to_json(dto).find(R"("memberCount":3)"), std::string::npos);
}

TEST(CatalogJson, EscapesWhatJsonMustEscape) {
  const UserDTO user{UserId{}, std::string("a\"b\\c\n\t\x01") + "é", "x"};
  EXPECT_NE(to_json(user).find(R"("name":"a\"b\\c\n\t\u0001é")"), std::string::npos);
}

TEST(CatalogJson, PutsTypeAndSeqFirst) {
  const RoleDeleted event{RoleId{}};
  EXPECT_EQ(to_json(ServerEvent(event), 7),
            R"({"type":"workspace.role.deleted","seq":7,"roleId":"wsrole_00000000-0000-0000-0000-000000000000"})");
  EXPECT_EQ(to_json(ServerEvent(PresenceCount{4}), std::nullopt), R"({"type":"presence.count","online":4})");
}

TEST(CatalogJson, AHelloWithARosterMadeBeforeIsThatHello) {
  Hello hello{MemberId::create(clock), WorkspaceId::create(clock), "epoch", 7, clock.now(), 25'000, "b", {}};
  const std::vector<PresenceDTO> roster{{hello.member_id, true, PresenceStatus::online, clock.now()}};
  const std::string with = hello_with(hello, to_json(roster));
  hello.presence = roster;
  EXPECT_EQ(with, to_json(ServerEvent(hello), std::nullopt));
}

TEST(CatalogJson, EveryPermissionReadsBackFromItsWireName) {
  for (const Permission permission : all_permissions) {
    EXPECT_EQ(parse_permission(wire_name(permission)), permission);
  }
  EXPECT_FALSE(parse_permission("workspace.everything"));
}

}  // namespace
}  // namespace orbit::catalog
