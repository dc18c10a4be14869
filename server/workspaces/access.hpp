// Who asks, and what they may do: the first step of every command and query on a workspace. Stateless: any thread.
#pragma once

#include <string_view>

#include "catalog/vocabulary.hpp"
#include "workspaces/repositories.hpp"

namespace orbit::workspaces {

/// The workspace that a slug names, and the membership of the one who asks.
struct Access {
  Workspace workspace;
  Member member;
  Role role;

  [[nodiscard]] kernel::WorkspaceId workspace_id() const { return workspace.state().id; }
  [[nodiscard]] bool may(catalog::Permission permission) const { return role.state().allows(permission); }

  /// Error: forbidden "permission.required".
  [[nodiscard]] kernel::Result<> require(catalog::Permission permission) const;

  /// Owners may give any permission, others only those they have; `given` as normalised()
  /// leaves it. Error: forbidden "role.cannot_exceed_own".
  [[nodiscard]] kernel::Result<> require_within_own(const Permissions& given) const;
};

/// What a workspace may hold, so that none grows without bound.
struct WorkspaceLimits {
  static constexpr std::size_t workspaces_per_user = 100;
  static constexpr std::size_t members = 10'000;
  static constexpr std::size_t roles = 100;
  static constexpr std::size_t teams = 500;
  static constexpr std::size_t open_invites = 1'000;
  static constexpr std::size_t ended_invites = 1'000;  // kept, so that their tokens are refused with a reason
};

/// Whoever is no member is told that there is no such workspace: not_found "not_found". With a context to write in, the
/// workspace is locked first.
[[nodiscard]] kernel::Result<Access> access(const Repositories& repositories, const kernel::ReadContext& context,
                                            kernel::UserId user, std::string_view slug);
[[nodiscard]] kernel::Result<Access> access(const Repositories& repositories, kernel::WriteContext& context,
                                            kernel::UserId user, std::string_view slug);

/// As above, and the role must hold the permission: forbidden "permission.required".
template <class Context>
[[nodiscard]] kernel::Result<Access> access(const Repositories& repositories, Context& context, kernel::UserId user,
                                            std::string_view slug, catalog::Permission permission) {
  auto found = access(repositories, context, user, slug);
  if (!found) return found;
  if (const auto allowed = found->require(permission); !allowed) return std::unexpected(allowed.error());
  return found;
}

/// Finds what must be in this workspace; what is in another is not there: not_found "not_found".
template <class Aggregate, class IdType>
[[nodiscard]] kernel::Result<Aggregate> find_in(const kernel::Repository<Aggregate>& repository,
                                                const kernel::ReadContext& context, kernel::WorkspaceId workspace,
                                                IdType id) {
  auto found = repository.find(context, id);
  if (!found || found->state().workspace_id != workspace) {
    return kernel::failure(kernel::ErrorKind::not_found, "not_found", "There is nothing of this id here.");
  }
  return *std::move(found);
}

/// Error: conflict "limit.reached", naming what and how many.
[[nodiscard]] kernel::Result<> check_limit(std::size_t present, std::size_t limit, std::string_view of_what);

}  // namespace orbit::workspaces
