#include <algorithm>
#include <unordered_map>

#include "storage/soci_context.hpp"
#include "storage/sql.hpp"
#include "storage/workspace_repositories.hpp"

namespace orbit::storage {

using kernel::MemberId;
using kernel::ReadContext;
using kernel::TeamId;
using kernel::Timestamp;
using kernel::WorkspaceId;
using kernel::WriteContext;
using workspaces::Team;

namespace {

// Two queries, whatever the number of teams; both take the same condition on t.
template <class... In>
std::vector<Team::State> select_teams(const ReadContext& context, const std::string& where, const In&... in) {
  DatabaseSession& session = session_of(context);
  std::vector<Team::State> teams;
  std::unordered_map<TeamId, std::size_t> place;
  for (auto& [id, workspace, name, created_at] : select<TeamId, WorkspaceId, std::string, Timestamp>(
           session,
           "SELECT t.id, t.workspace_id, t.name, t.created_at FROM teams t " + where + " ORDER BY t.name, t.id",
           in...)) {
    place.emplace(id, teams.size());
    teams.push_back({id, workspace, std::move(name), {}, created_at});
  }
  for (const auto& [team, member] :
       select<TeamId, MemberId>(session,
                                "SELECT x.team_id, x.member_id FROM team_members x JOIN teams t ON t.id = x.team_id " +
                                    where + " ORDER BY x.team_id, x.position",
                                in...)) {
    teams[place.at(team)].member_ids.push_back(member);
  }
  return teams;
}

}  // namespace

std::optional<Team> SociTeamRepository::find(const ReadContext& context, TeamId id) const {
  auto teams = select_teams(context, "WHERE t.id = :id", id);
  if (teams.empty()) return std::nullopt;
  return Team(std::move(teams.front()));
}

std::vector<Team::State> SociTeamRepository::list(const ReadContext& context, WorkspaceId workspace) const {
  return select_teams(context, "WHERE t.workspace_id = :workspace", workspace);
}

std::vector<Team> SociTeamRepository::list_of_member(const ReadContext& context, MemberId member) const {
  std::vector<Team> teams;
  for (auto& state :
       select_teams(context, "WHERE t.id IN (SELECT team_id FROM team_members WHERE member_id = :member)", member)) {
    teams.emplace_back(std::move(state));
  }
  return teams;
}

void SociTeamRepository::store(WriteContext& context, const Team::State& state) const {
  DatabaseSession& session = session_of(context);
  execute(session,
          "INSERT INTO teams (id, workspace_id, name, created_at) VALUES (:a, :b, :c, :d) "
          "ON CONFLICT (id) DO UPDATE SET name = excluded.name",
          state.id, state.workspace_id, state.name, state.created_at);

  std::vector<MemberId> stored;
  int last_position = 0;
  for (const auto& [member, position] : select<MemberId, int>(
           session, "SELECT member_id, position FROM team_members WHERE team_id = :team ORDER BY position", state.id)) {
    stored.push_back(member);
    last_position = position;
  }
  for (const MemberId member : stored) {
    if (std::ranges::find(state.member_ids, member) != state.member_ids.end()) continue;
    execute(session, "DELETE FROM team_members WHERE team_id = :a AND member_id = :b", state.id, member);
  }
  for (const MemberId member : state.member_ids) {
    if (std::ranges::find(stored, member) != stored.end()) continue;
    execute(session, "INSERT INTO team_members (team_id, member_id, position) VALUES (:a, :b, :c)", state.id, member,
            ++last_position);
  }
}

void SociTeamRepository::erase(WriteContext& context, TeamId id) const {
  execute(session_of(context), "DELETE FROM teams WHERE id = :id", id);
}

}  // namespace orbit::storage
