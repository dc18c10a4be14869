#include "workspaces/member_service.hpp"

#include <algorithm>

#include "workspaces/projection.hpp"

namespace orbit::workspaces {

using catalog::Permission;
using catalog::WorkspaceMemberDTO;
using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;
using kernel::WriteContext;

namespace {

Result<> require_owner(const Access& found) {
  if (found.role.state().is_owner()) return {};
  return failure(ErrorKind::forbidden, "member.owner_required", "Only owners make or unmake owners.");
}

}  // namespace

Result<WorkspaceMemberDTO> MemberService::change_role(kernel::UserId actor, std::string_view slug, kernel::MemberId id,
                                                      kernel::RoleId role_id) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<WorkspaceMemberDTO> {
    auto found = access(repositories_, context, actor, slug, Permission::workspace_members_change_role);
    if (!found) return std::unexpected(found.error());
    auto member = find_in(repositories_.members, context, found->workspace_id(), id);
    if (!member) return std::unexpected(member.error());
    const auto role = find_in(repositories_.roles, context, found->workspace_id(), role_id);
    if (!role) return std::unexpected(role.error());
    const auto present = repositories_.roles.find(context, member->state().role_id);

    const bool was_owner = present && present->state().is_owner();
    if (was_owner || role->state().is_owner()) {
      if (const auto owner = require_owner(*found); !owner) return std::unexpected(owner.error());
    }
    if (const auto within = found->require_within_own(role->state().permissions); !within) {
      return std::unexpected(within.error());
    }
    if (was_owner && !role->state().is_owner()) {
      if (const auto given_up = give_up_ownership(context, *found, *member); !given_up) {
        return std::unexpected(given_up.error());
      }
    }
    member->change_role(role_id, clock_.now());
    repositories_.members.save(context, *member);
    return to_dto(*repositories_.members.find_profile(context, id), role->state());
  });
}

// The last owner stays. Where others remain, the one who has been a member longest owns the workspace from here on.
Result<> MemberService::give_up_ownership(WriteContext& context, Access& found, const Member& owner) const {
  auto owners = repositories_.members.list_with_role(context, owner.state().role_id);
  std::erase_if(owners, [&](const Member::State& other) { return other.id == owner.state().id; });
  if (owners.empty()) {
    return failure(ErrorKind::conflict, "member.last_owner",
                   "A workspace has at least one owner: make somebody else an owner first.");
  }
  if (found.workspace.state().owner_id == owner.state().id) {
    found.workspace.transfer_to(owners.front().id, clock_.now());
    repositories_.workspaces.save(context, found.workspace);
  }
  return {};
}

Result<> MemberService::remove(kernel::UserId actor, std::string_view slug, kernel::MemberId id) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<> {
    auto found = access(repositories_, context, actor, slug);
    if (!found) return std::unexpected(found.error());
    if (found->member.state().id != id) {
      if (auto allowed = found->require(Permission::workspace_members_remove); !allowed) return allowed;
    }
    auto member = find_in(repositories_.members, context, found->workspace_id(), id);
    if (!member) return std::unexpected(member.error());
    return take_out(context, *found, *std::move(member));
  });
}

Result<> MemberService::leave(kernel::UserId actor, std::string_view slug) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<> {
    auto found = access(repositories_, context, actor, slug);
    if (!found) return std::unexpected(found.error());
    return take_out(context, *found, found->member);
  });
}

// Teams lose the member first, so that nobody ever sees a team with somebody in it who has left.
Result<> MemberService::take_out(WriteContext& context, Access& found, Member member) const {
  const auto role = repositories_.roles.find(context, member.state().role_id);
  if (role && role->state().is_owner()) {
    if (auto owner = require_owner(found); !owner) return owner;
    if (auto given_up = give_up_ownership(context, found, member); !given_up) return given_up;
  }
  for (Team& team : repositories_.teams.list_of_member(context, member.state().id)) {
    team.remove(member.state().id, clock_.now());
    repositories_.teams.save(context, team);
  }
  member.mark_left(clock_.now());
  repositories_.members.remove(context, member);
  return {};
}

Result<catalog::UserDTO> MemberService::rename_person(kernel::UserId person, std::string_view name) {
  auto normalised_name = identity::normalise_name(name);
  if (!normalised_name) return std::unexpected(normalised_name.error());
  return unit_of_work_.run([&](WriteContext& context) -> Result<catalog::UserDTO> {
    context.lock(person);
    auto user = repositories_.users.find(context, person);
    if (!user) return failure(ErrorKind::not_found, "not_found", "There is no such person.");
    if (user->name != *normalised_name) {
      user->name = *normalised_name;
      repositories_.users.update(context, *user);
      std::vector<kernel::WorkspaceId> workspaces;
      for (const Member& member : repositories_.members.list_of_user(context, person)) {
        workspaces.push_back(member.state().workspace_id);
      }
      context.lock(std::move(workspaces));
      // Again: until all were locked, the person could be taken out of one. Joining another needs the person's lock.
      for (Member& member : repositories_.members.list_of_user(context, person)) {
        member.note_profile_changed(clock_.now());
        repositories_.members.save(context, member);
      }
    }
    return catalog::UserDTO{user->id, user->name, user->email};
  });
}

}  // namespace orbit::workspaces
