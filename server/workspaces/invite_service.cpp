#include "workspaces/invite_service.hpp"

#include <algorithm>

#include "workspaces/projection.hpp"

namespace orbit::workspaces {

using catalog::Permission;
using catalog::SystemRole;
using identity::User;
using kernel::ErrorKind;
using kernel::failure;
using kernel::ReadContext;
using kernel::Result;
using kernel::WriteContext;

namespace {

Result<Role> system_role(const Repositories& repositories, const ReadContext& context, kernel::WorkspaceId workspace,
                         SystemRole key) {
  for (Role::State& role : repositories.roles.list(context, workspace)) {
    if (role.system_key == key) return Role(std::move(role));
  }
  return failure(ErrorKind::internal, "role.missing", "The workspace lacks one of its system roles.");
}

}  // namespace

Result<catalog::CreatedInviteDTO> InviteService::create(kernel::UserId actor, std::string_view slug,
                                                        const InviteDraft& draft) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<catalog::CreatedInviteDTO> {
    const auto found = access(repositories_, context, actor, slug, Permission::workspace_members_invite);
    if (!found) return std::unexpected(found.error());
    const auto workspace = found->workspace_id();
    auto email = identity::normalise_email(draft.email);
    if (!email) return std::unexpected(email.error());
    const auto role = draft.role ? find_in(repositories_.roles, context, workspace, *draft.role)
                                 : system_role(repositories_, context, workspace, SystemRole::MEMBER);
    if (!role) return std::unexpected(role.error());
    if (role->state().is_owner() && !found->role.state().is_owner()) {
      return failure(ErrorKind::forbidden, "member.owner_required", "Only owners make or unmake owners.");
    }
    if (const auto within = found->require_within_own(role->state().permissions); !within) {
      return std::unexpected(within.error());
    }
    const auto user = repositories_.users.find_by_email(context, *email);
    if (user && repositories_.members.find_by_user(context, workspace, user->id)) {
      return failure(ErrorKind::conflict, "member.already_exists", "This person is a member already.");
    }
    const auto open = repositories_.invites.list_open(context, workspace, clock_.now());
    if (std::ranges::find(open, *email, &Invite::State::email) != open.end()) {
      return failure(ErrorKind::conflict, "invite.already_pending", "This person has an open invite already.");
    }
    if (const auto room = check_limit(open.size(), WorkspaceLimits::open_invites, "open invites"); !room) {
      return std::unexpected(room.error());
    }

    std::string token = identity::new_token();
    Invite invite = Invite::create({kernel::InviteId::create(clock_), workspace, *std::move(email),
                                    found->member.state().id, role->state().id, identity::hash_token(token),
                                    clock_.now(), clock_.now() + Invite::lifetime, std::nullopt, std::nullopt});
    repositories_.invites.save(context, invite);
    repositories_.invites.forget_ended(context, workspace, clock_.now(), WorkspaceLimits::ended_invites);
    return catalog::CreatedInviteDTO{to_dto(invite.state(), role->state()), std::move(token)};
  });
}

Result<> InviteService::revoke(kernel::UserId actor, std::string_view slug, kernel::InviteId id) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<> {
    const auto found = access(repositories_, context, actor, slug, Permission::workspace_members_invite);
    if (!found) return std::unexpected(found.error());
    auto invite = find_in(repositories_.invites, context, found->workspace_id(), id);
    if (!invite) return std::unexpected(invite.error());
    if (const auto revoked = invite->revoke(clock_.now()); !revoked) return revoked;
    repositories_.invites.save(context, *invite);
    return {};
  });
}

Result<Invite> InviteService::find_open(const ReadContext& context, std::string_view token) const {
  auto invite = repositories_.invites.find_by_token_hash(context, identity::hash_token(token));
  if (!invite) return failure(ErrorKind::not_found, "invite.unknown", "There is no such invite.");
  if (const auto open = invite->check_open(clock_.now()); !open) return std::unexpected(open.error());
  return *std::move(invite);
}

// Once its workspace is locked, nobody else accepts or revokes it.
Result<Invite> InviteService::lock_open(WriteContext& context, std::string_view token) const {
  const auto invite = find_open(context, token);
  if (!invite) return invite;
  context.lock(invite->state().workspace_id);
  return find_open(context, token);
}

Result<InviteService::Accepted> InviteService::accept(kernel::UserId person, std::string_view token) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<Accepted> {
    context.lock(person);
    auto invite = lock_open(context, token);
    if (!invite) return std::unexpected(invite.error());
    const auto user = repositories_.users.find(context, person);
    if (!user) return failure(ErrorKind::unauthenticated, "session.required", "Sign in first.");
    if (user->email != invite->state().email) {
      return failure(ErrorKind::forbidden, "invite.other_email",
                     "This invite is for another e-mail address than the one you are signed in with.");
    }
    return join(context, *std::move(invite), *user);
  });
}

Result<InviteService::Accepted> InviteService::accept(const NewAccount& account, std::string_view token) {
  const auto name = identity::normalise_name(account.name);
  if (!name) return std::unexpected(name.error());
  if (const auto good = identity::check_new_password(account.password); !good) return std::unexpected(good.error());

  // Looked up first without a transaction to write in: hashing is slow, and must not keep other writers waiting.
  const auto known = unit_of_work_.read([&](const ReadContext& context) { return find_open(context, token); });
  if (!known) return std::unexpected(known.error());
  const std::string password_hash = hasher_.hash(account.password);

  auto joined = unit_of_work_.run([&](WriteContext& context) -> Result<Accepted> {
    auto invite = lock_open(context, token);
    if (!invite) return std::unexpected(invite.error());
    if (repositories_.users.find_by_email(context, invite->state().email)) {
      return failure(ErrorKind::conflict, "invite.account_exists",
                     "There is an account for this e-mail address: sign in, then accept.");
    }
    const User user{kernel::UserId::create(clock_), invite->state().email, *name, password_hash, clock_.now()};
    repositories_.users.add(context, user);
    auto accepted = join(context, *std::move(invite), user);
    if (accepted) {
      accepted->signed_in = sessions_.start(
          context, user,
          {.user_agent = account.user_agent, .address = account.address, .replaced_token = account.replaced_token});
    }
    return accepted;
  });
  if (joined) sessions_.announce(*joined->signed_in);
  return joined;
}

Result<InviteService::Accepted> InviteService::join(WriteContext& context, Invite invite, const User& user) const {
  const auto workspace_id = invite.state().workspace_id;
  if (const auto accepted = invite.accept(clock_.now()); !accepted) return std::unexpected(accepted.error());
  const auto workspace = repositories_.workspaces.find(context, workspace_id);
  if (!workspace) return failure(ErrorKind::not_found, "invite.unknown", "There is no such invite.");
  if (repositories_.members.find_by_user(context, workspace_id, user.id)) {
    return failure(ErrorKind::conflict, "member.already_exists", "You are a member already.");
  }
  const auto of_user = repositories_.workspaces.list_of_user(context, user.id).size();
  if (const auto room = check_limit(of_user, WorkspaceLimits::workspaces_per_user, "workspaces for each person");
      !room) {
    return std::unexpected(room.error());
  }
  if (const auto room = check_limit(repositories_.members.count(context, workspace_id), WorkspaceLimits::members,
                                    "members in a workspace");
      !room) {
    return std::unexpected(room.error());
  }
  std::optional<Role> role;
  if (const auto role_id = invite.state().role_id) role = repositories_.roles.find(context, *role_id);
  if (!role) {
    auto fallback = system_role(repositories_, context, workspace_id, SystemRole::MEMBER);
    if (!fallback) return std::unexpected(fallback.error());
    role = *std::move(fallback);
  }
  Member member = Member::join(workspace_id, user.id, role->state().id, clock_);
  repositories_.invites.save(context, invite);
  repositories_.members.save(context, member);
  return Accepted{to_dto({member.state(), user.name, user.email}, role->state()), to_summary(workspace->state()),
                  std::nullopt};
}

}  // namespace orbit::workspaces
