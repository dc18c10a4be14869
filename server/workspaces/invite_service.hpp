// InviteService: how people become members. Commands block on the database, and on argon2id where an account is made:
// workers only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalog/dto.hpp"
#include "identity/session_service.hpp"
#include "kernel/clock.hpp"
#include "workspaces/access.hpp"

namespace orbit::workspaces {

struct InviteDraft {
  std::string email;
  std::optional<kernel::RoleId> role;  // MEMBER where none is given
};

/// An account that accepting an invite makes.
struct NewAccount {
  std::string name;
  std::string password;
  std::string user_agent;
  std::string address;
  std::string replaced_token = {};  // of the session that the browser came with; that one ends
};

class InviteService {
 public:
  InviteService(kernel::UnitOfWork& unit_of_work, const Repositories& repositories,
                const identity::PasswordHasher& hasher, const identity::SessionService& sessions,
                const kernel::Clock& clock)
      : unit_of_work_(unit_of_work), repositories_(repositories), hasher_(hasher), sessions_(sessions), clock_(clock) {}

  /// Needs workspace.members.invite; inviting an owner needs an owner. Errors: field "email"; forbidden
  /// "member.owner_required", "role.cannot_exceed_own"; conflict "invite.already_pending", "member.already_exists",
  /// "limit.reached".
  [[nodiscard]] kernel::Result<catalog::CreatedInviteDTO> create(kernel::UserId actor, std::string_view slug,
                                                                 const InviteDraft& draft);

  /// Needs workspace.members.invite. Errors: as for Invite::revoke.
  [[nodiscard]] kernel::Result<> revoke(kernel::UserId actor, std::string_view slug, kernel::InviteId id);

  struct Accepted {
    catalog::WorkspaceMemberDTO member;
    catalog::WorkspaceSummaryDTO workspace;
    std::optional<identity::SignedIn> signed_in;  // where an account was made
  };

  /// By somebody who is signed in. Errors: not_found "invite.unknown"; gone "invite.expired", "invite.used",
  /// "invite.revoked"; forbidden "invite.other_email"; conflict "member.already_exists", "limit.reached".
  [[nodiscard]] kernel::Result<Accepted> accept(kernel::UserId person, std::string_view token);

  /// By somebody without an account: makes one for the invited address and signs them in. Errors: as above; fields
  /// "name" and "password"; conflict "invite.account_exists".
  [[nodiscard]] kernel::Result<Accepted> accept(const NewAccount& account, std::string_view token);

 private:
  kernel::Result<Invite> find_open(const kernel::ReadContext& context, std::string_view token) const;
  kernel::Result<Invite> lock_open(kernel::WriteContext& context, std::string_view token) const;
  kernel::Result<Accepted> join(kernel::WriteContext& context, Invite invite, const identity::User& user) const;

  kernel::UnitOfWork& unit_of_work_;
  Repositories repositories_;
  const identity::PasswordHasher& hasher_;
  const identity::SessionService& sessions_;
  const kernel::Clock& clock_;
};

}  // namespace orbit::workspaces
