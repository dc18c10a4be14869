#include "http/answers.hpp"
#include "http/api.hpp"
#include "http/body_reader.hpp"
#include "workspaces/access.hpp"

namespace orbit::http {

using catalog::Permission;
using catalog::WorkspaceSnapshotDTO;
using identity::ResolvedSession;
using kernel::MemberId;
using kernel::ReadContext;
using kernel::Result;
using kernel::RoleId;
using kernel::TeamId;

namespace {

constexpr std::size_t max_text_bytes = 512;
constexpr std::size_t max_log_entries = 200;

std::optional<workspaces::Permissions> read_permissions(BodyReader& body) {
  const auto names = body.optional_strings("permissions", 64);
  if (!names) return std::nullopt;
  workspaces::Permissions permissions;
  for (std::size_t i = 0; i < names->size(); ++i) {
    if (const auto permission = catalog::parse_permission((*names)[i])) {
      permissions.push_back(*permission);
    } else {
      body.fail("permissions/" + std::to_string(i), "unknown", "There is no such permission.");
    }
  }
  return permissions;
}

}  // namespace

void Api::add_workspace_routes() {
  add("GET", "/v1/workspaces", [this](const Request&, const Path&, const ResolvedSession& session) {
    return answer_with(services_.unit_of_work.read(
        [&](const ReadContext& context) -> Result<std::vector<catalog::WorkspaceSummaryDTO>> {
          return projection_.workspaces_of(context, session.user_id);
        }));
  });
  add("POST", "/v1/workspaces", [this](const Request& request, const Path&, const ResolvedSession& session) {
    BodyReader body(request);
    const std::string slug = body.string("slug", max_text_bytes);
    const std::string name = body.string("name", max_text_bytes);
    if (const auto error = body.finish()) return problem(*error);
    return answer_with(services_.workspaces.create(session.user_id, slug, name), 201);
  });
  add("GET", "/v1/workspaces/{slug}", [this](const Request& request, const Path& path, const ResolvedSession& session) {
    return snapshot(request, path, session);
  });
  add("GET", "/v1/workspaces/{slug}/log",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        return log(request, path, session);
      });
  add("PATCH", "/v1/workspaces/{slug}",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        BodyReader body(request);
        const std::string name = body.string("name", max_text_bytes);
        if (const auto error = body.finish()) return problem(*error);
        return answer_with(services_.workspaces.rename(session.user_id, path["slug"], name));
      });
  add("DELETE", "/v1/workspaces/{slug}", [this](const Request&, const Path& path, const ResolvedSession& session) {
    return answer_with(services_.workspaces.remove(session.user_id, path["slug"]));
  });
  add("POST", "/v1/workspaces/{slug}/transfer",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        BodyReader body(request);
        const auto member = body.id<MemberId>("memberId");
        if (const auto error = body.finish()) return problem(*error);
        return answer_with(services_.workspaces.transfer(session.user_id, path["slug"], member));
      });
}

// When the events after a seq happened, oldest first: the stream itself doesn't say.
Response Api::log(const Request& request, const Path& path, const ResolvedSession& session) {
  const auto after = request.parameter("after") ? request.number("after") : 0;
  if (!after) return problem(kernel::invalid_field("after", "not_a_number", "Must be a seq.").error());
  return answer_with(
      services_.unit_of_work.read([&](const ReadContext& context) -> Result<std::vector<catalog::LogEntryDTO>> {
        const auto found = workspaces::access(services_.repositories, context, session.user_id, path["slug"]);
        if (!found) return std::unexpected(found.error());
        std::vector<catalog::LogEntryDTO> entries;
        for (const auto& event :
             services_.event_log.events_after(context, found->workspace_id(), *after, max_log_entries)) {
          entries.push_back({event.seq, event.occurred_at});
        }
        return entries;
      }));
}

// The snapshot is one transaction; its ETag names what it is a function of: history, seq, and what the member may see.
// It is weak, since presence is not part of it.
Response Api::snapshot(const Request& request, const Path& path, const ResolvedSession& session) {
  std::string etag;
  WorkspaceSnapshotDTO dto;
  SharedSnapshotPointer shared;
  const auto read = services_.unit_of_work.read([&](const ReadContext& context) -> Result<kernel::WorkspaceId> {
    const auto found = workspaces::access(services_.repositories, context, session.user_id, path["slug"]);
    if (!found) return std::unexpected(found.error());
    const auto id = found->workspace_id();
    const SnapshotVersion version{kernel::stream_epoch(services_.event_log.epoch(context), id),
                                  services_.event_log.head(context, id)};
    const SnapshotAudience audience{id, found->may(Permission::workspace_members_invite)};
    etag = "W/\"" + version.epoch + "." + std::to_string(version.seq) + "." +
           kernel::to_string(found->member.state().id.uuid()) + (audience.sees_invites ? ".i\"" : "\"");
    if (request.has_etag(etag)) return id;
    if (const auto you = projection_.member(context, found->member.state().id)) dto.you = *you;
    shared = snapshots_.find(audience, version);
    if (!shared) {
      shared = make_shared_snapshot(context, version, audience);
      snapshots_.keep(audience, shared);
    }
    return id;
  });
  if (!read) return problem(read.error());
  Response response{200, {{"ETag", etag}, {"Cache-Control", "private, no-cache"}, {"Vary", "Accept-Encoding"}}, {}};
  if (!shared) {
    response.status = 304;
    return response;
  }
  dto.presence = services_.presence(*read);
  response.headers.emplace_back("Content-Type", "application/json");
  const std::string own = catalog::own_part(dto);
  if (accepts_gzip(request)) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = gzip(shared->deflated(), own);
  } else {
    response.body = shared->json() + own;
  }
  return response;
}

Api::SharedSnapshotPointer Api::make_shared_snapshot(const ReadContext& context, const SnapshotVersion& version,
                                                     const SnapshotAudience& audience) const {
  WorkspaceSnapshotDTO dto;
  dto.epoch = version.epoch;
  dto.seq = version.seq;
  if (const auto workspace = projection_.workspace(context, audience.workspace)) dto.workspace = *workspace;
  dto.members = projection_.members(context, audience.workspace);
  dto.roles = projection_.roles(context, audience.workspace);
  dto.teams = projection_.teams(context, audience.workspace);
  if (audience.sees_invites) {
    dto.invites = projection_.open_invites(context, audience.workspace, services_.clock.now());
  }
  if (const auto subscription = services_.billing.find(context, audience.workspace)) dto.subscription = *subscription;
  return std::make_shared<const SharedSnapshot>(version, catalog::shared_part(dto));
}

void Api::add_member_routes() {
  const auto read_as_member = [this](const Path& path, const ResolvedSession& session, auto query) {
    return answer_with(services_.unit_of_work.read([&](const ReadContext& context) {
      const auto found = workspaces::access(services_.repositories, context, session.user_id, path["slug"]);
      using Answer = std::invoke_result_t<decltype(query), const ReadContext&, const workspaces::Access&>;
      return found ? query(context, *found) : Answer(std::unexpected(found.error()));
    }));
  };
  add("GET", "/v1/workspaces/{slug}/members",
      [this, read_as_member](const Request&, const Path& path, const ResolvedSession& session) {
        return read_as_member(path, session, [&](const ReadContext& context, const workspaces::Access& found) {
          return Result<std::vector<catalog::WorkspaceMemberDTO>>(projection_.members(context, found.workspace_id()));
        });
      });
  add("GET", "/v1/workspaces/{slug}/members/{id}",
      [this, read_as_member](const Request&, const Path& path, const ResolvedSession& session) {
        return read_as_member(
            path, session,
            [&](const ReadContext& context, const workspaces::Access& found) -> Result<catalog::WorkspaceMemberDTO> {
              const auto id = id_in<MemberId>(path["id"]);
              if (!id) return std::unexpected(id.error());
              const auto dto = projection_.member(context, *id);
              if (!dto || dto->workspace_id != found.workspace_id()) {
                return kernel::failure(kernel::ErrorKind::not_found, "not_found", "There is no such member here.");
              }
              return *dto;
            });
      });
  add("DELETE", "/v1/workspaces/{slug}/members/{id}",
      [this](const Request&, const Path& path, const ResolvedSession& session) {
        const auto id = id_in<MemberId>(path["id"]);
        return id ? answer_with(services_.members.remove(session.user_id, path["slug"], *id)) : problem(id.error());
      });
  add("PUT", "/v1/workspaces/{slug}/members/{id}/role",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        BodyReader body(request);
        const auto role = body.id<RoleId>("roleId");
        if (const auto error = body.finish()) return problem(*error);
        const auto id = id_in<MemberId>(path["id"]);
        if (!id) return problem(id.error());
        return answer_with(services_.members.change_role(session.user_id, path["slug"], *id, role));
      });
  add("POST", "/v1/workspaces/{slug}/leave", [this](const Request&, const Path& path, const ResolvedSession& session) {
    return answer_with(services_.members.leave(session.user_id, path["slug"]));
  });
  add("GET", "/v1/workspaces/{slug}/roles",
      [this, read_as_member](const Request&, const Path& path, const ResolvedSession& session) {
        return read_as_member(path, session, [&](const ReadContext& context, const workspaces::Access& found) {
          return Result<std::vector<catalog::WorkspaceRoleDTO>>(
              projection_.counted_roles(context, found.workspace_id()));
        });
      });
  add("GET", "/v1/workspaces/{slug}/teams",
      [this, read_as_member](const Request&, const Path& path, const ResolvedSession& session) {
        return read_as_member(path, session, [&](const ReadContext& context, const workspaces::Access& found) {
          return Result<std::vector<catalog::TeamDTO>>(projection_.teams(context, found.workspace_id()));
        });
      });
  add("GET", "/v1/workspaces/{slug}/invites",
      [this, read_as_member](const Request&, const Path& path, const ResolvedSession& session) {
        return read_as_member(path, session,
                              [&](const ReadContext& context,
                                  const workspaces::Access& found) -> Result<std::vector<catalog::WorkspaceInviteDTO>> {
                                const auto allowed = found.require(Permission::workspace_members_invite);
                                if (!allowed) return std::unexpected(allowed.error());
                                return projection_.open_invites(context, found.workspace_id(), services_.clock.now());
                              });
      });
}

void Api::add_role_routes() {
  add("POST", "/v1/workspaces/{slug}/roles",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        BodyReader body(request);
        workspaces::RoleDraft draft;
        draft.name = body.string("name", max_text_bytes);
        draft.description = body.nullable_string("description", max_text_bytes).value_or(std::nullopt);
        draft.permissions = read_permissions(body).value_or(workspaces::Permissions{});
        if (const auto error = body.finish()) return problem(*error);
        return answer_with(services_.roles.create(session.user_id, path["slug"], std::move(draft)), 201);
      });
  add("PATCH", "/v1/workspaces/{slug}/roles/{id}",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        BodyReader body(request);
        workspaces::Role::Changes changes{body.optional_string("name", max_text_bytes),
                                          body.nullable_string("description", max_text_bytes), read_permissions(body)};
        if (const auto error = body.finish()) return problem(*error);
        const auto id = id_in<RoleId>(path["id"]);
        if (!id) return problem(id.error());
        return answer_with(services_.roles.change(session.user_id, path["slug"], *id, std::move(changes)));
      });
  add("DELETE", "/v1/workspaces/{slug}/roles/{id}",
      [this](const Request&, const Path& path, const ResolvedSession& session) {
        const auto id = id_in<RoleId>(path["id"]);
        return id ? answer_with(services_.roles.remove(session.user_id, path["slug"], *id)) : problem(id.error());
      });
}

void Api::add_invite_routes() {
  add("POST", "/v1/workspaces/{slug}/invites",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        BodyReader body(request);
        const workspaces::InviteDraft draft{body.string("email", max_text_bytes), body.optional_id<RoleId>("roleId")};
        if (const auto error = body.finish()) return problem(*error);
        return answer_with(services_.invites.create(session.user_id, path["slug"], draft), 201);
      });
  add("DELETE", "/v1/workspaces/{slug}/invites/{id}",
      [this](const Request&, const Path& path, const ResolvedSession& session) {
        const auto id = id_in<kernel::InviteId>(path["id"]);
        return id ? answer_with(services_.invites.revoke(session.user_id, path["slug"], *id)) : problem(id.error());
      });
}

void Api::add_team_routes() {
  add("POST", "/v1/workspaces/{slug}/teams",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        BodyReader body(request);
        const std::string name = body.string("name", max_text_bytes);
        if (const auto error = body.finish()) return problem(*error);
        return answer_with(services_.teams.create(session.user_id, path["slug"], name), 201);
      });
  add("PATCH", "/v1/workspaces/{slug}/teams/{id}",
      [this](const Request& request, const Path& path, const ResolvedSession& session) {
        BodyReader body(request);
        const std::string name = body.string("name", max_text_bytes);
        if (const auto error = body.finish()) return problem(*error);
        const auto id = id_in<TeamId>(path["id"]);
        if (!id) return problem(id.error());
        return answer_with(services_.teams.rename(session.user_id, path["slug"], *id, name));
      });
  add("DELETE", "/v1/workspaces/{slug}/teams/{id}",
      [this](const Request&, const Path& path, const ResolvedSession& session) {
        const auto id = id_in<TeamId>(path["id"]);
        return id ? answer_with(services_.teams.remove(session.user_id, path["slug"], *id)) : problem(id.error());
      });
  const auto change_member = [this](auto command) {
    return [this, command](const Request&, const Path& path, const ResolvedSession& session) {
      const auto team = id_in<TeamId>(path["id"]);
      const auto member = id_in<MemberId>(path["memberId"]);
      if (!team) return problem(team.error());
      if (!member) return problem(member.error());
      return answer_with((services_.teams.*command)(session.user_id, path["slug"], *team, *member));
    };
  };
  constexpr std::string_view pattern = "/v1/workspaces/{slug}/teams/{id}/members/{memberId}";
  add("PUT", pattern, change_member(&workspaces::TeamService::add_member));
  add("DELETE", pattern, change_member(&workspaces::TeamService::remove_member));
}

}  // namespace orbit::http
