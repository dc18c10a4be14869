#include "http/api.hpp"

#include <spdlog/spdlog.h>

#include "http/answers.hpp"

namespace orbit::http {

Api::Api(const Services& services, WorkerPool& workers, const kernel::OriginPolicy& origins, const StaticSite& site,
         std::function<bool()> is_ready, const ApiOptions& options, kernel::MetricsRegistry& metrics)
    : services_(services),
      projection_(services.repositories),
      workers_(workers),
      origins_(origins),
      site_(site),
      is_ready_(std::move(is_ready)),
      options_(options),
      snapshots_(options.snapshot_cache_bytes, metrics),
      command_limits_({options.commands_per_user, options.commands_per_workspace, options.tabs_are_behind},
                      services.unit_of_work, services.repositories, services.clock, metrics),
      cookie_name_(options.secure_cookies ? "__Host-orbit_session" : "orbit_session"),
      site_metrics_(metrics, "any", "page"),
      no_route_metrics_(metrics, "any", "none") {
  add_session_routes();
  add_workspace_routes();
  add_member_routes();
  add_role_routes();
  add_invite_routes();
  add_team_routes();
  add_billing_routes();
  router_.visit([&](const std::string& method, const std::string& pattern) {
    route_metrics_.emplace_back(metrics, method, pattern);
  });
}

std::string Api::session_token(const Request& request) const {
  return std::string(request.cookie(cookie_name(request)).value_or(""));
}

std::string Api::cookie_name(const Request& request) const {
  const std::string seat = options_.demo_accounts.empty() ? "" : request.parameter("seat").value_or("");
  return seat == "a" || seat == "b" || seat == "c" || seat == "d" ? cookie_name_ + "_" + seat : cookie_name_;
}

void Api::add(std::string method, std::string_view pattern, SignedInHandler handler) {
  router_.add(std::move(method), pattern,
              [this, handler = std::move(handler)](const Request& request, const Path& path) {
                const auto session = services_.session_resolver.resolve(session_token(request));
                if (!session) return problem(session.error());
                if (!request.changes_state()) return handler(request, path, *session);
                if (const auto taken = command_limits_.take(session->user_id, path["slug"]); !taken) {
                  return problem(taken.error());
                }
                Response response = handler(request, path, *session);
                if (response.status < 400) command_limits_.done(path["slug"]);
                return response;
              });
}

namespace {

constexpr std::string_view stripe_route = "/v1/billing/stripe";

Response preflight() {
  return {204,
          {{"Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE"},
           {"Access-Control-Allow-Headers", "Content-Type, If-None-Match"},
           {"Access-Control-Max-Age", "600"}},
          {}};
}

Response without_handler(const Request& request, const Router::Match& match) {
  const bool is_preflight = request.method == "OPTIONS" && !match.allowed.empty();
  return is_preflight ? preflight() : Router::without_handler(match, {"OPTIONS"});
}

// Handshakes are the other joins.
Lane lane_of(const Router::Match& match, std::string_view method) {
  if (method == "POST" && (match.pattern == "/v1/session" || match.pattern == "/v1/invites/accept")) {
    return Lane::sign_in;
  }
  return match.pattern == "/v1/workspaces/{slug}" && method == "GET" ? Lane::join : Lane::command;
}

}  // namespace

void Api::handle(Request request, Respond respond) {
  const auto started = services_.clock.steady_now();
  const auto finish = [this, started](const Request& asked, Response response, Respond& to,
                                      const RouteMetrics* metrics = nullptr) {
    name_request(response, asked.id);
    allow_origin(asked, response);
    if (metrics != nullptr) metrics->answered(response.status, services_.clock.steady_now() - started);
    to(std::move(response));
  };
  if (request.path == "/healthz") return finish(request, json_response(200, R"({"status":"ok"})"), respond);
  if (request.path == "/readyz") {
    return finish(request,
                  is_ready_() ? json_response(200, R"({"status":"ready"})")
                              : problem(503, "node.draining", "The node takes no more work."),
                  respond);
  }
  if (!request.path.starts_with("/v1/")) return finish(request, site_.serve(request), respond, &site_metrics_);

  Router::Match match = router_.match(request.method, request.path);
  if (match.handler == nullptr) return finish(request, without_handler(request, match), respond, &no_route_metrics_);
  const Lane lane = lane_of(match, request.method);
  const RouteMetrics* metrics = &route_metrics_[match.route];
  auto shared = std::make_shared<std::pair<Request, Respond>>(std::move(request), std::move(respond));
  workers_.offer(
      lane,
      [this, shared, metrics, match = std::move(match), finish] {
        finish(shared->first, answer(shared->first, match), shared->second, metrics);
      },
      [shared, metrics, finish] { finish(shared->first, problem(overloaded()), shared->second, metrics); });
}

Response Api::answer(const Request& request, const Router::Match& match) {
  const auto started = services_.clock.steady_now();
  const auto respond = [&]() -> Response {
    if (request.changes_state() && match.pattern != stripe_route) {
      if (!origins_.allows(request.header("Origin"))) {
        return problem(403, "origin.refused", "This origin may not change anything here.");
      }
    }
    if (!request.body.empty() && !is_json(request)) {
      return problem(415, "request.not_json", "The body must be application/json.");
    }
    return Router::run(match, request);
  };
  Response response = respond();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(services_.clock.steady_now() - started);
  spdlog::debug("request {}: {} {} {} in {} us from {}", request.id, request.method, match.pattern, response.status,
                took.count(), request.address);
  return response;
}

// Browsers of allowed origins may read answers, with cookies; to all others nothing is said.
void Api::allow_origin(const Request& request, Response& response) const {
  response.headers.emplace_back("Vary", "Origin");
  const auto origin = request.header("Origin");
  if (!origin || !origins_.allows(origin)) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", std::string(*origin));
  response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
}

}  // namespace orbit::http
