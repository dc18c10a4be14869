// Acme: a workspace with an owner (ada), an admin (grace) and a member (alan), every service over repositories in
// memory, and what tests ask of them. Belongs to the test's thread.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "identity/testing/memory_identity.hpp"
#include "kernel/testing/outcome.hpp"
#include "workspaces/events.hpp"
#include "workspaces/invite_service.hpp"
#include "workspaces/member_service.hpp"
#include "workspaces/projection.hpp"
#include "workspaces/role_service.hpp"
#include "workspaces/team_service.hpp"
#include "workspaces/testing/memory_workspaces.hpp"
#include "workspaces/workspace_service.hpp"

namespace orbit::workspaces {

class RecordingCreationHook final : public WorkspaceCreationHook {
 public:
  void workspace_created(kernel::WriteContext&, kernel::WorkspaceId workspace) override {
    created.push_back(workspace);
  }
  std::vector<kernel::WorkspaceId> created;
};

/// Stores and services, with nothing in them yet.
struct Acme {
  kernel::ManualClock clock;
  kernel::MemoryUnitOfWork unit_of_work;
  identity::MemoryUserRepository users{unit_of_work};
  identity::MemorySessionRepository sessions{unit_of_work};
  MemoryRoleRepository roles{unit_of_work};
  MemoryMemberRepository members{unit_of_work, users};
  MemoryWorkspaceRepository workspaces{unit_of_work, members};
  MemoryInviteRepository invites{unit_of_work};
  MemoryTeamRepository teams{unit_of_work};
  Repositories repositories{users, workspaces, roles, members, invites, teams};
  WorkspaceProjection projection{repositories};

  identity::PasswordHasher hasher{identity::PasswordHasher::least_cost()};
  identity::SignInLimiter limiter{clock, {}};
  identity::RecordingSessionListener session_listener;
  identity::SessionService session_service{unit_of_work, users, sessions, hasher, limiter, session_listener, clock};
  RecordingCreationHook hook;
  WorkspaceService workspace_service{unit_of_work, repositories, hook, clock};
  RoleService role_service{unit_of_work, repositories, clock};
  MemberService member_service{unit_of_work, repositories, clock};
  InviteService invite_service{unit_of_work, repositories, hasher, session_service, clock};
  TeamService team_service{unit_of_work, repositories, clock};

  /// Runs `work(context)`, which can't fail.
  template <class Work>
  void write(Work work) {
    const auto done = unit_of_work.run([&](kernel::WriteContext& context) -> kernel::Result<> {
      work(context);
      return {};
    });
    EXPECT_TRUE(done);
  }

  template <class Query>
  auto read(Query query) {
    using Answer = std::invoke_result_t<Query&, const kernel::ReadContext&>;
    return *unit_of_work.read(
        [&](const kernel::ReadContext& context) -> kernel::Result<Answer> { return query(context); });
  }

  kernel::UserId add_person(std::string name) {
    identity::User user{kernel::UserId::create(clock), name + "@acme.test", name, "no hash", clock.now()};
    write([&](kernel::WriteContext& context) { users.add(context, user); });
    return user.id;
  }

  kernel::MemberId add_member(kernel::WorkspaceId workspace, kernel::UserId user, kernel::RoleId role) {
    clock.advance(std::chrono::milliseconds{1});
    Member member = Member::join(workspace, user, role, clock);
    write([&](kernel::WriteContext& context) {
      context.lock(workspace);
      members.save(context, member);
    });
    return member.state().id;
  }
};

class AcmeTest : public testing::Test, protected Acme {
 protected:
  using Permission = catalog::Permission;
  using SystemRole = catalog::SystemRole;

  AcmeTest() {
    ada = add_person("ada");
    acme = workspace_service.create(ada, "acme", "Acme").value().id;
    owner_role = role_of(ada).id;
    for (const Role::State& role : roles_now()) {
      if (role.system_key == SystemRole::ADMIN) admin_role = role.id;
      if (role.system_key == SystemRole::MEMBER) member_role = role.id;
    }
    ada_member = member_of(ada)->id;
    grace = add_person("grace");
    grace_member = add_member(acme, grace, admin_role);
    alan = add_person("alan");
    alan_member = add_member(acme, alan, member_role);
    stranger = add_person("stranger");
    static_cast<void>(unit_of_work.take_events());
  }

  std::optional<Member::State> member_of(kernel::UserId user) {
    const auto found =
        read([&](const kernel::ReadContext& context) { return members.find_by_user(context, acme, user); });
    return found ? std::optional(found->state()) : std::nullopt;
  }

  Role::State role_of(kernel::UserId user) {
    return read([&](const kernel::ReadContext& context) {
      return roles.find(context, members.find_by_user(context, acme, user).value().state().role_id).value().state();
    });
  }

  std::vector<Role::State> roles_now() {
    return read([&](const kernel::ReadContext& context) { return roles.list(context, acme); });
  }

  std::vector<Team::State> teams_now() {
    return read([&](const kernel::ReadContext& context) { return teams.list(context, acme); });
  }

  Workspace::State workspace_now() {
    return read([&](const kernel::ReadContext& context) { return workspaces.find(context, acme).value().state(); });
  }

  /// A role of these permissions, made by the owner; its event is forgotten.
  kernel::RoleId custom_role(std::string name, Permissions permissions) {
    const auto id =
        role_service.create(ada, "acme", {std::move(name), std::nullopt, std::move(permissions)}).value().id;
    static_cast<void>(take_types());
    return id;
  }

  /// A member whose role has these permissions and no others.
  kernel::UserId member_who_may(std::string name, Permissions permissions) {
    const auto role = custom_role(name + "'s", std::move(permissions));
    const auto user = add_person(std::move(name));
    add_member(acme, user, role);
    static_cast<void>(take_types());
    return user;
  }

  std::vector<std::string> take_types() { return unit_of_work.take_types(); }

  kernel::UserId ada, grace, alan, stranger;
  kernel::MemberId ada_member, grace_member, alan_member;
  kernel::WorkspaceId acme;
  kernel::RoleId owner_role, admin_role, member_role;
};

using Types = std::vector<std::string>;

}  // namespace orbit::workspaces
