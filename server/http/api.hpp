// Api: everything under /v1, as routes onto services. Handlers run on workers; the rest belongs to no thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "billing/billing_service.hpp"
#include "http/command_limits.hpp"
#include "http/route_metrics.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/snapshot_cache.hpp"
#include "http/static_site.hpp"
#include "http/worker_pool.hpp"
#include "identity/session_service.hpp"
#include "kernel/event_log.hpp"
#include "kernel/origin_policy.hpp"
#include "workspaces/invite_service.hpp"
#include "workspaces/member_service.hpp"
#include "workspaces/projection.hpp"
#include "workspaces/role_service.hpp"
#include "workspaces/team_service.hpp"
#include "workspaces/workspace_service.hpp"

namespace orbit::http {

/// Who is online in a workspace. May wait a moment for the thread that knows.
using PresenceSource = std::function<std::vector<catalog::PresenceDTO>(kernel::WorkspaceId)>;

struct Services {
  kernel::UnitOfWork& unit_of_work;
  const kernel::EventLog& event_log;
  const kernel::Clock& clock;
  identity::SessionResolver& session_resolver;
  identity::SessionService& sessions;
  workspaces::Repositories repositories;
  workspaces::WorkspaceService& workspaces;
  workspaces::MemberService& members;
  workspaces::RoleService& roles;
  workspaces::InviteService& invites;
  workspaces::TeamService& teams;
  billing::BillingService& billing;
  PresenceSource presence;
};

struct DemoAccount {
  std::string email;
  std::string name;
  std::string role;
  std::string workspace;
};

struct ApiOptions {
  bool secure_cookies = false;                  // when the public origin is https
  std::vector<DemoAccount> demo_accounts = {};  // empty unless the node runs with demo data
  std::size_t snapshot_cache_bytes = 64 * 1024 * 1024;
  std::int64_t commands_per_user = 100;         // a second, three times as many at once; 0: no limit, here and below
  std::int64_t commands_per_workspace = 1'000;  // a second, three times as many at once
  std::function<bool()> tabs_are_behind = {};   // see CommandLimitOptions
};

class Api {
 public:
  Api(const Services& services, WorkerPool& workers, const kernel::OriginPolicy& origins, const StaticSite& site,
      std::function<bool()> is_ready, const ApiOptions& options, kernel::MetricsRegistry& metrics);

  /// Never blocks; `respond` is called once, from any thread.
  void handle(Request request, Respond respond);

  /// The token of the session cookie; empty where there is none. In a demo, several people can sit in one browser: with
  /// `?seat=` a, b, c or d, a request is about the session of that seat, which has a cookie of its own.
  [[nodiscard]] std::string session_token(const Request& request) const;

 private:
  using Path = PathParameters;
  // A handler for somebody who is signed in.
  using SignedInHandler =
      std::function<Response(const Request&, const PathParameters&, const identity::ResolvedSession&)>;

  void add_session_routes();
  void add_workspace_routes();
  void add_member_routes();
  void add_role_routes();
  void add_invite_routes();
  void add_team_routes();
  void add_billing_routes();

  void add(std::string method, std::string_view pattern, SignedInHandler handler);
  Response answer(const Request& request, const Router::Match& match);
  Response signed_in(const Request& request, const identity::SignedIn& signed_in, int status, std::string body) const;
  [[nodiscard]] std::string cookie_name(const Request& request) const;
  [[nodiscard]] std::string session_cookie(const Request& request, std::string_view token,
                                           std::chrono::seconds lifetime) const;
  Response snapshot(const Request& request, const PathParameters& path, const identity::ResolvedSession& session);
  using SharedSnapshotPointer = std::shared_ptr<const SharedSnapshot>;
  [[nodiscard]] SharedSnapshotPointer make_shared_snapshot(const kernel::ReadContext& context,
                                                           const SnapshotVersion& version,
                                                           const SnapshotAudience& audience) const;
  Response log(const Request& request, const PathParameters& path, const identity::ResolvedSession& session);
  void allow_origin(const Request& request, Response& response) const;
  Response accept_invite(const Request& request);

  Services services_;
  workspaces::WorkspaceProjection projection_;
  WorkerPool& workers_;
  const kernel::OriginPolicy& origins_;
  const StaticSite& site_;
  std::function<bool()> is_ready_;
  ApiOptions options_;
  SnapshotCache snapshots_;
  CommandLimits command_limits_;
  std::string cookie_name_;
  Router router_;
  std::vector<RouteMetrics> route_metrics_;  // of the router's routes
  RouteMetrics site_metrics_;
  RouteMetrics no_route_metrics_;
};

}  // namespace orbit::http
