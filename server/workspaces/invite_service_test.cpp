#include "workspaces/invite_service.hpp"

#include "workspaces/testing/acme.hpp"

namespace orbit::workspaces {
namespace {

using kernel::outcome;
using std::chrono::seconds;

class InviteServiceTest : public AcmeTest {
 protected:
  // For the stranger's address, where no other is given.
  catalog::CreatedInviteDTO invite(std::string email = "stranger@acme.test",
                                   std::optional<kernel::RoleId> role = std::nullopt) {
    auto created = invite_service.create(ada, "acme", {std::move(email), role}).value();
    static_cast<void>(take_types());
    return created;
  }

  std::string create(kernel::UserId actor, std::string email, std::optional<kernel::RoleId> role = std::nullopt) {
    return outcome(invite_service.create(actor, "acme", {std::move(email), role}));
  }

  std::string accept(kernel::UserId person, std::string_view token) {
    return outcome(invite_service.accept(person, token));
  }

  static NewAccount account() { return {"Edsger", "orbit-demo", "browser", "192.0.2.1"}; }
};

TEST_F(InviteServiceTest, InvitesAnAddressAndShowsTheTokenOnce) {
  const auto created = invite_service.create(grace, "acme", {" New@ACME.test ", std::nullopt}).value();
  EXPECT_EQ(created.invite.email, "new@acme.test");
  EXPECT_EQ(created.invite.invited_by_id, grace_member);
  EXPECT_EQ(created.invite.role->id, member_role);
  EXPECT_EQ(take_types(), Types{"workspaces.invite.created"});
  const auto stored =
      read([&](const kernel::ReadContext& context) { return invites.find(context, created.invite.id); });
  EXPECT_EQ(stored->state().token_hash, identity::hash_token(created.token));
  EXPECT_EQ(stored->state().expires_at, clock.now() + std::chrono::days{7});
}

TEST_F(InviteServiceTest, NeedsAnOwnerToInviteAnOwner) {
  EXPECT_EQ(create(grace, "new@acme.test", owner_role), "forbidden member.owner_required");
  EXPECT_EQ(create(grace, "new@acme.test", admin_role), "ok");
  EXPECT_EQ(create(ada, "other@acme.test", owner_role), "ok");
}

TEST_F(InviteServiceTest, LetsNobodyInviteToARoleThatMayMoreThanTheyMay) {
  const auto host = member_who_may("host", {Permission::workspace_members_invite});
  EXPECT_EQ(create(host, "new@acme.test", admin_role), "forbidden role.cannot_exceed_own");
  EXPECT_EQ(create(host, "new@acme.test"), "ok");
}

TEST_F(InviteServiceTest, RefusesABadAddressAMemberAndASecondOpenInvite) {
  EXPECT_EQ(create(ada, "nobody"), "invalid email not_an_email");
  EXPECT_EQ(create(ada, "ALAN@acme.test"), "conflict member.already_exists");
  invite("new@acme.test");
  EXPECT_EQ(create(grace, "NEW@acme.test"), "conflict invite.already_pending");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(InviteServiceTest, InvitesAgainOnceTheLastInviteIsClosed) {
  const auto first = invite("new@acme.test").invite.id;
  ASSERT_TRUE(invite_service.revoke(ada, "acme", first));
  invite("new@acme.test");
  clock.advance(Invite::lifetime);
  invite("new@acme.test");
}

TEST_F(InviteServiceTest, HasALimitOfOpenInvites) {
  write([&](kernel::WriteContext& context) {
    context.lock(acme);
    for (std::size_t i = 0; i < WorkspaceLimits::open_invites; ++i) {
      Invite open = Invite::create({kernel::InviteId::create(clock),
                                    acme,
                                    std::to_string(i) + "@acme.test",
                                    ada_member,
                                    member_role,
                                    std::to_string(i),
                                    clock.now(),
                                    clock.now() + Invite::lifetime,
                                    {},
                                    {}});
      invites.save(context, open);
    }
  });
  EXPECT_EQ(create(ada, "new@acme.test"), "conflict limit.reached");
  clock.advance(Invite::lifetime);
  EXPECT_EQ(create(ada, "new@acme.test"), "ok");
}

TEST_F(InviteServiceTest, RemembersTheNewestOfTheInvitesThatEnded) {
  const auto first = invite("first@acme.test"), second = invite("second@acme.test");
  ASSERT_TRUE(invite_service.revoke(ada, "acme", first.invite.id));
  ASSERT_TRUE(invite_service.revoke(ada, "acme", second.invite.id));
  for (std::size_t i = 1; i < WorkspaceLimits::ended_invites; ++i) {
    ASSERT_TRUE(invite_service.revoke(ada, "acme", invite("new@acme.test").invite.id));
  }
  invite("last@acme.test");
  EXPECT_EQ(accept(stranger, first.token), "not_found invite.unknown");
  EXPECT_EQ(accept(stranger, second.token), "gone invite.revoked");
}

TEST_F(InviteServiceTest, MakesWhoeverAcceptsAMemberInTheInvitesRole) {
  const auto accepted = invite_service.accept(stranger, invite("stranger@acme.test", admin_role).token).value();
  EXPECT_EQ(accepted.member.user_id, stranger);
  EXPECT_EQ(accepted.member.role.id, admin_role);
  EXPECT_EQ(accepted.workspace.slug, "acme");
  EXPECT_FALSE(accepted.signed_in);
  EXPECT_EQ(role_of(stranger).id, admin_role);
  EXPECT_EQ(take_types(), (Types{"workspaces.invite.accepted", "workspaces.member.joined"}));
}

TEST_F(InviteServiceTest, RefusesATokenThatNobodyGaveOut) {
  const auto created = invite();
  for (const std::string& token : {std::string(), identity::new_token(), created.token + "x",
                                   identity::hash_token(created.token), created.invite.id.str()}) {
    EXPECT_EQ(accept(stranger, token), "not_found invite.unknown");
    EXPECT_EQ(outcome(invite_service.accept(account(), token)), "not_found invite.unknown");
  }
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(InviteServiceTest, RefusesAUsedARevokedAndAnExpiredTokenEachWithItsCode) {
  const auto used = invite();
  ASSERT_EQ(accept(stranger, used.token), "ok");
  const auto revoked = invite("revoked@acme.test");
  ASSERT_TRUE(invite_service.revoke(ada, "acme", revoked.invite.id));
  const auto expired = invite("expired@acme.test");
  static_cast<void>(take_types());
  clock.advance(Invite::lifetime - seconds{1});
  const auto nearly = invite_service.accept(account(), expired.token);
  EXPECT_EQ(outcome(nearly), "ok");
  const auto late = invite("late@acme.test");
  clock.advance(Invite::lifetime);

  for (const auto& [token, refusal] : {std::pair{used.token, "gone invite.used"},
                                       {revoked.token, "gone invite.revoked"},
                                       {late.token, "gone invite.expired"}}) {
    EXPECT_EQ(accept(stranger, token), refusal);
    EXPECT_EQ(outcome(invite_service.accept(account(), token)), refusal);
  }
}

TEST_F(InviteServiceTest, RefusesAnInviteForAnotherAddress) {
  EXPECT_EQ(accept(stranger, invite("new@acme.test").token), "forbidden invite.other_email");
  EXPECT_EQ(member_of(stranger), std::nullopt);
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(InviteServiceTest, RefusesWhoeverIsAMemberAlready) {
  const auto created = invite();
  add_member(acme, stranger, member_role);
  static_cast<void>(take_types());
  EXPECT_EQ(accept(stranger, created.token), "conflict member.already_exists");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(InviteServiceTest, MakesAnAccountForWhoeverHasNone) {
  const auto created = invite("edsger@acme.test");
  auto accepted = invite_service.accept(account(), created.token).value();
  EXPECT_EQ(accepted.member.name, "Edsger");
  EXPECT_EQ(accepted.member.email, "edsger@acme.test");
  ASSERT_TRUE(accepted.signed_in);
  EXPECT_EQ(accepted.signed_in->session.user_agent, "browser");
  identity::StoredSessionResolver resolver(unit_of_work, sessions, clock);
  EXPECT_EQ(resolver.resolve(accepted.signed_in->token)->user_id, accepted.member.user_id);
  EXPECT_TRUE(session_service.sign_in({"edsger@acme.test", "orbit-demo", "", ""}));
}

TEST_F(InviteServiceTest, EndsTheSessionOfWhoeverMakesAnAccountInTheSameBrowser) {
  const auto replaced = invite_service.accept(account(), invite("edsger@acme.test").token)->signed_in;
  auto newcomer = account();
  newcomer.replaced_token = replaced->token;
  ASSERT_TRUE(invite_service.accept(newcomer, invite("barbara@acme.test").token));
  EXPECT_EQ(session_listener.ended, std::vector{replaced->session.id});
}

TEST_F(InviteServiceTest, MakesNoSecondAccountForAnAddress) {
  const auto created = invite();
  EXPECT_EQ(outcome(invite_service.accept(account(), created.token)), "conflict invite.account_exists");
  EXPECT_EQ(accept(stranger, created.token), "ok");
}

TEST_F(InviteServiceTest, MakesNoAccountOfABadNameOrPassword) {
  const auto created = invite("edsger@acme.test");
  auto nameless = account();
  nameless.name = " ";
  EXPECT_EQ(outcome(invite_service.accept(nameless, created.token)), "invalid name required");
  auto careless = account();
  careless.password = "short";
  EXPECT_EQ(outcome(invite_service.accept(careless, created.token)), "invalid password too_short");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(InviteServiceTest, GivesTheMemberRoleWhereTheInvitesRoleIsGone) {
  const std::string token = identity::new_token();
  write([&](kernel::WriteContext& context) {
    context.lock(acme);
    Invite roleless = Invite::create({kernel::InviteId::create(clock),
                                      acme,
                                      "stranger@acme.test",
                                      ada_member,
                                      std::nullopt,
                                      identity::hash_token(token),
                                      clock.now(),
                                      clock.now() + Invite::lifetime,
                                      {},
                                      {}});
    invites.save(context, roleless);
  });
  EXPECT_EQ(invite_service.accept(stranger, token)->member.role.id, member_role);
}

TEST_F(InviteServiceTest, LetsNobodyIntoAFullWorkspace) {
  const auto created = invite();
  write([&](kernel::WriteContext& context) {
    context.lock(acme);
    for (std::size_t i = 3; i < WorkspaceLimits::members; ++i) {
      Member member = Member::join(acme, kernel::UserId::create(clock), member_role, clock);
      members.save(context, member);
    }
  });
  static_cast<void>(take_types());
  EXPECT_EQ(accept(stranger, created.token), "conflict limit.reached");
  EXPECT_EQ(take_types(), Types{});
}

TEST_F(InviteServiceTest, LetsNobodyIntoMoreWorkspacesThanAPersonMayHave) {
  const auto created = invite();
  for (std::size_t i = 0; i < WorkspaceLimits::workspaces_per_user; ++i) {
    ASSERT_TRUE(workspace_service.create(stranger, "mine-" + std::to_string(i), "Mine"));
  }
  EXPECT_EQ(accept(stranger, created.token), "conflict limit.reached");
  ASSERT_TRUE(workspace_service.remove(stranger, "mine-0"));
  EXPECT_EQ(accept(stranger, created.token), "ok");
}

TEST_F(InviteServiceTest, RevokesAnInviteOnceAndNoneThatWasUsed) {
  const auto created = invite();
  EXPECT_EQ(outcome(invite_service.revoke(grace, "acme", created.invite.id)), "ok");
  EXPECT_EQ(take_types(), Types{"workspaces.invite.revoked"});
  EXPECT_EQ(outcome(invite_service.revoke(grace, "acme", created.invite.id)), "gone invite.revoked");
  const auto used = invite();
  ASSERT_EQ(accept(stranger, used.token), "ok");
  EXPECT_EQ(outcome(invite_service.revoke(grace, "acme", used.invite.id)), "gone invite.used");
  const auto expired = invite("late@acme.test");
  clock.advance(Invite::lifetime);
  EXPECT_EQ(outcome(invite_service.revoke(grace, "acme", expired.invite.id)), "ok");
}

TEST_F(InviteServiceTest, LeavesNothingOfAnAcceptanceThatWasNotCommitted) {
  const auto created = invite("edsger@acme.test");
  unit_of_work.fail_commits();
  EXPECT_EQ(outcome(invite_service.accept(account(), created.token)), "unavailable database.busy");
  EXPECT_EQ(read([&](const kernel::ReadContext& context) { return users.find_by_email(context, "edsger@acme.test"); }),
            std::nullopt);
  EXPECT_EQ(take_types(), Types{});
}

}  // namespace
}  // namespace orbit::workspaces
