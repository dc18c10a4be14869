// WorkspaceService: founding, renaming, handing over and deleting workspaces. Commands block on the database: workers
// only.
#pragma once

#include <string_view>

#include "catalog/dto.hpp"
#include "kernel/clock.hpp"
#include "workspaces/access.hpp"

namespace orbit::workspaces {

/// What other features do in the transaction that creates a workspace.
class WorkspaceCreationHook {
 public:
  virtual ~WorkspaceCreationHook() = default;
  virtual void workspace_created(kernel::WriteContext& context, kernel::WorkspaceId workspace) = 0;
};

class WorkspaceService {
 public:
  WorkspaceService(kernel::UnitOfWork& unit_of_work, const Repositories& repositories, WorkspaceCreationHook& hook,
                   const kernel::Clock& clock)
      : unit_of_work_(unit_of_work), repositories_(repositories), hook_(hook), clock_(clock) {}

  /// The creator becomes OWNER. Errors: fields "slug" and "name"; conflict "workspace.slug_taken", "limit.reached".
  [[nodiscard]] kernel::Result<catalog::WorkspaceDTO> create(kernel::UserId creator, std::string_view slug,
                                                             std::string_view name);

  /// Needs workspace.settings.edit.
  [[nodiscard]] kernel::Result<catalog::WorkspaceDTO> rename(kernel::UserId actor, std::string_view slug,
                                                             std::string_view name);

  /// Only the workspace's owner hands it over: the other becomes OWNER, the one before ADMIN.
  /// Error: forbidden "workspace.owner_required".
  [[nodiscard]] kernel::Result<catalog::WorkspaceDTO> transfer(kernel::UserId actor, std::string_view slug,
                                                               kernel::MemberId to);

  /// Needs workspace.delete.
  [[nodiscard]] kernel::Result<> remove(kernel::UserId actor, std::string_view slug);

 private:
  kernel::UnitOfWork& unit_of_work_;
  Repositories repositories_;
  WorkspaceCreationHook& hook_;
  const kernel::Clock& clock_;
};

}  // namespace orbit::workspaces
