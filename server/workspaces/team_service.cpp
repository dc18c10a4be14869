#include "workspaces/team_service.hpp"

#include "workspaces/names.hpp"
#include "workspaces/projection.hpp"

namespace orbit::workspaces {

using catalog::Permission;
using catalog::TeamDTO;
using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;
using kernel::WriteContext;

namespace {

Result<> check_name_is_free(const std::vector<Team::State>& teams, std::string_view name, kernel::TeamId except = {}) {
  if (!name_is_taken(teams, name, except)) return {};
  return failure(ErrorKind::conflict, "team.name_taken", "There is a team of this name already.");
}

}  // namespace

Result<TeamDTO> TeamService::create(kernel::UserId actor, std::string_view slug, std::string_view name) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<TeamDTO> {
    const auto found = access(repositories_, context, actor, slug, Permission::teams_manage);
    if (!found) return std::unexpected(found.error());
    auto title = identity::normalise_name(name);
    if (!title) return std::unexpected(title.error());
    const auto teams = repositories_.teams.list(context, found->workspace_id());
    if (const auto room = check_limit(teams.size(), WorkspaceLimits::teams, "teams"); !room) {
      return std::unexpected(room.error());
    }
    if (const auto free = check_name_is_free(teams, *title); !free) return std::unexpected(free.error());
    Team team =
        Team::create({kernel::TeamId::create(clock_), found->workspace_id(), *std::move(title), {}, clock_.now()});
    repositories_.teams.save(context, team);
    return to_dto(team.state());
  });
}

// Finds the team for somebody who may manage teams, changes it, saves it.
template <class Change>
Result<TeamDTO> TeamService::change(kernel::UserId actor, std::string_view slug, kernel::TeamId id, Change change) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<TeamDTO> {
    const auto found = access(repositories_, context, actor, slug, Permission::teams_manage);
    if (!found) return std::unexpected(found.error());
    auto team = find_in(repositories_.teams, context, found->workspace_id(), id);
    if (!team) return std::unexpected(team.error());
    if (const auto changed = change(context, *found, *team); !changed) return std::unexpected(changed.error());
    repositories_.teams.save(context, *team);
    return to_dto(team->state());
  });
}

Result<TeamDTO> TeamService::rename(kernel::UserId actor, std::string_view slug, kernel::TeamId id,
                                    std::string_view name) {
  return change(actor, slug, id, [&](const WriteContext& context, const Access& found, Team& team) -> Result<> {
    auto title = identity::normalise_name(name);
    if (!title) return std::unexpected(title.error());
    const auto teams = repositories_.teams.list(context, found.workspace_id());
    if (auto free = check_name_is_free(teams, *title, id); !free) return free;
    team.rename(*std::move(title), clock_.now());
    return {};
  });
}

Result<> TeamService::remove(kernel::UserId actor, std::string_view slug, kernel::TeamId id) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<> {
    const auto found = access(repositories_, context, actor, slug, Permission::teams_manage);
    if (!found) return std::unexpected(found.error());
    auto team = find_in(repositories_.teams, context, found->workspace_id(), id);
    if (!team) return std::unexpected(team.error());
    team->mark_deleted(clock_.now());
    repositories_.teams.remove(context, *team);
    return {};
  });
}

Result<TeamDTO> TeamService::add_member(kernel::UserId actor, std::string_view slug, kernel::TeamId id,
                                        kernel::MemberId member_id) {
  return change(actor, slug, id, [&](const WriteContext& context, const Access& found, Team& team) -> Result<> {
    const auto member = find_in(repositories_.members, context, found.workspace_id(), member_id);
    if (!member) return std::unexpected(member.error());
    team.add(member_id, clock_.now());
    return {};
  });
}

Result<TeamDTO> TeamService::remove_member(kernel::UserId actor, std::string_view slug, kernel::TeamId id,
                                           kernel::MemberId member_id) {
  return change(actor, slug, id, [&](const WriteContext& context, const Access& found, Team& team) -> Result<> {
    const auto member = find_in(repositories_.members, context, found.workspace_id(), member_id);
    if (!member) return std::unexpected(member.error());
    team.remove(member_id, clock_.now());
    return {};
  });
}

}  // namespace orbit::workspaces
