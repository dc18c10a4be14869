#include "workspaces/workspace_service.hpp"

#include "workspaces/projection.hpp"

namespace orbit::workspaces {

using catalog::Permission;
using catalog::SystemRole;
using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;
using kernel::WriteContext;

Result<catalog::WorkspaceDTO> WorkspaceService::create(kernel::UserId creator, std::string_view slug,
                                                       std::string_view name) {
  if (const auto allowed = check_slug(slug); !allowed) return std::unexpected(allowed.error());
  const auto title = identity::normalise_name(name);
  if (!title) return std::unexpected(title.error());

  return unit_of_work_.run([&](WriteContext& context) -> Result<catalog::WorkspaceDTO> {
    context.lock(creator);
    if (repositories_.workspaces.find_by_slug(context, slug)) {
      return failure(ErrorKind::conflict, "workspace.slug_taken", "This slug is taken.");
    }
    const auto of_user = repositories_.workspaces.list_of_user(context, creator).size();
    if (const auto room = check_limit(of_user, WorkspaceLimits::workspaces_per_user, "workspaces for each person");
        !room) {
      return std::unexpected(room.error());
    }
    const auto id = kernel::WorkspaceId::create(clock_);
    context.lock(id);
    Role owner = Role::system(SystemRole::OWNER, id, clock_);
    Role admin = Role::system(SystemRole::ADMIN, id, clock_);
    Role member = Role::system(SystemRole::MEMBER, id, clock_);
    Member founder = Member::join(id, creator, owner.state().id, clock_);
    Workspace workspace = Workspace::create({id, std::string(slug), *title, founder.state().id, clock_.now()});
    repositories_.workspaces.save(context, workspace);
    for (Role* role : {&owner, &admin, &member}) repositories_.roles.save(context, *role);
    repositories_.members.save(context, founder);
    hook_.workspace_created(context, id);
    return to_dto(workspace.state());
  });
}

Result<catalog::WorkspaceDTO> WorkspaceService::rename(kernel::UserId actor, std::string_view slug,
                                                       std::string_view name) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<catalog::WorkspaceDTO> {
    auto found = access(repositories_, context, actor, slug, Permission::workspace_settings_edit);
    if (!found) return std::unexpected(found.error());
    auto title = identity::normalise_name(name);
    if (!title) return std::unexpected(title.error());
    found->workspace.rename(*std::move(title), clock_.now());
    repositories_.workspaces.save(context, found->workspace);
    return to_dto(found->workspace.state());
  });
}

Result<catalog::WorkspaceDTO> WorkspaceService::transfer(kernel::UserId actor, std::string_view slug,
                                                         kernel::MemberId to) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<catalog::WorkspaceDTO> {
    auto found = access(repositories_, context, actor, slug);
    if (!found) return std::unexpected(found.error());
    Workspace& workspace = found->workspace;
    Member& owner = found->member;
    if (workspace.state().owner_id != owner.state().id) {
      return failure(ErrorKind::forbidden, "workspace.owner_required", "Only its owner can hand a workspace over.");
    }
    auto heir = find_in(repositories_.members, context, found->workspace_id(), to);
    if (!heir) return std::unexpected(heir.error());
    if (heir->state().id == owner.state().id) return to_dto(workspace.state());

    for (const Role::State& role : repositories_.roles.list(context, found->workspace_id())) {
      if (role.system_key == SystemRole::OWNER) heir->change_role(role.id, clock_.now());
      if (role.system_key == SystemRole::ADMIN) owner.change_role(role.id, clock_.now());
    }
    workspace.transfer_to(to, clock_.now());
    repositories_.members.save(context, *heir);
    repositories_.members.save(context, owner);
    repositories_.workspaces.save(context, workspace);
    return to_dto(workspace.state());
  });
}

Result<> WorkspaceService::remove(kernel::UserId actor, std::string_view slug) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<> {
    auto found = access(repositories_, context, actor, slug, Permission::workspace_delete);
    if (!found) return std::unexpected(found.error());
    found->workspace.mark_deleted(clock_.now());
    repositories_.workspaces.remove(context, found->workspace);
    return {};
  });
}

}  // namespace orbit::workspaces
