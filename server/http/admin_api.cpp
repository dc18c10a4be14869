#include "http/admin_api.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <boost/json.hpp>

#include "catalog/client_event.hpp"
#include "http/admin_json.hpp"
#include "http/answers.hpp"
#include "http/body_reader.hpp"

namespace orbit::http {

using identity::OperatorKey;
using identity::OperatorScope;
using kernel::ErrorKind;
using kernel::failure;
using kernel::MemberId;
using kernel::ReadContext;
using kernel::Result;
using kernel::WorkspaceId;

namespace {

constexpr std::uint64_t default_items = 100;
constexpr std::uint64_t max_items = 1'000;

std::string_view bearer(const Request& request) {
  constexpr std::string_view scheme = "bearer ";
  const std::string_view value = request.header("Authorization").value_or("");
  if (value.size() < scheme.size() || !same_header_name(value.substr(0, scheme.size()), scheme)) return {};
  return value.substr(scheme.size());
}

// A parameter that counts; where it isn't there, `otherwise`.
Result<std::uint64_t> number_in(const Request& request, const std::string& name, std::uint64_t least,
                                std::uint64_t most, std::uint64_t otherwise) {
  if (!request.parameter(name)) return otherwise;
  const auto number = request.number(name);
  if (number && *number >= least && *number <= most) return *number;
  return kernel::invalid_field(
      name, "not_a_number",
      "Must be a whole number from " + std::to_string(least) + " to " + std::to_string(most) + ".");
}

Response unauthorized(const kernel::Error& error) {
  Response response = problem(error);
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace

// One request, whose key is good for it.
struct AdminApi::Call {
  const Request& request;
  const PathParameters& path;
  const OperatorKey& key;

  void log_action(const std::string& what) const {
    spdlog::info("operator {} \"{}\", request {}: {}", key.id.str(), key.name, request.id, what);
  }
};

std::span<const AdminApi::Handled> AdminApi::handled() {
  using enum OperatorScope;
  static constexpr std::array routes{
      Handled{{"GET", "/v1/admin/status", read}, &AdminApi::status},
      Handled{{"GET", "/v1/admin/workspaces/{slug}/sockets", read}, &AdminApi::sockets},
      Handled{{"GET", "/v1/admin/workspaces/{slug}/presence", read}, &AdminApi::presence},
      Handled{{"GET", "/v1/admin/workspaces/{slug}/log", read}, &AdminApi::log},
      Handled{{"POST", "/v1/admin/workspaces/{slug}/members/{id}/disconnect", OperatorScope::disconnect},
              &AdminApi::disconnect},
      Handled{{"POST", "/v1/admin/sessions/{id}/revoke", OperatorScope::disconnect}, &AdminApi::revoke},
      Handled{{"POST", "/v1/admin/workspaces/{slug}/rooms/{room}/signals", OperatorScope::publish},
              &AdminApi::publish}};
  return routes;
}

std::vector<AdminRoute> AdminApi::routes() {
  std::vector<AdminRoute> all;
  for (const auto& [route, handler] : handled()) all.push_back(route);
  return all;
}

AdminApi::AdminApi(const Parts& parts) : parts_(parts) {
  for (const Handled& one : handled()) {
    router_.add(
        std::string(one.route.method), one.route.pattern,
        [this, &one](const Request& request, const PathParameters& path) { return authorized(request, path, one); });
  }
}

void AdminApi::upgrade(Request request, DecideUpgrade decide) {
  decide(problem(404, "not_found", "There are no sockets here.", request.id));
}

void AdminApi::handle(Request request, Respond respond) {
  const auto finish = [](const Request& asked, Response response, Respond& to) {
    name_request(response, asked.id);
    if (response.status < 400) response.headers.emplace_back("Cache-Control", "no-store");
    to(std::move(response));
  };
  Router::Match match = router_.match(request.method, request.path);
  if (match.handler == nullptr) return finish(request, Router::without_handler(match), respond);
  auto shared = std::make_shared<std::pair<Request, Respond>>(std::move(request), std::move(respond));
  parts_.workers.offer(
      Lane::command,
      [shared, match = std::move(match), finish] {
        finish(shared->first, Router::run(match, shared->first), shared->second);
      },
      [shared, finish] { finish(shared->first, problem(overloaded()), shared->second); });
}

Response AdminApi::authorized(const Request& request, const PathParameters& path, const Handled& handled) const {
  const AdminRoute& route = handled.route;
  const auto key = parts_.keys.authenticate(bearer(request), request.address);
  if (!key) {
    // Whoever is refused whatever they show could fill the log.
    const bool is_news = key.error().kind != ErrorKind::too_many;
    spdlog::log(is_news ? spdlog::level::warn : spdlog::level::debug, "operator API, request {} from {}: {} {}: {}",
                request.id, request.address, request.method, route.pattern, key.error().code);
    return unauthorized(key.error());
  }
  const auto refuse = [&](const char* code, const std::string& detail) {
    spdlog::warn("operator {}, request {}: {} {}: {}", key->id.str(), request.id, request.method, route.pattern, code);
    return problem(403, code, detail);
  };
  if (!key->may(route.scope)) {
    return refuse("key.scope", "This key has not the scope " + std::string(identity::name_of(route.scope)) + ".");
  }
  if (key->workspace && path["slug"].empty()) {
    return refuse("key.of_one_workspace", "This key is good for one workspace only, and this is about more.");
  }
  if (!request.body.empty() && !is_json(request)) {
    return problem(415, "request.not_json", "The body must be application/json.");
  }
  spdlog::debug("operator {}, request {}: {} {}", key->id.str(), request.id, request.method, request.path);
  return (this->*handled.handler)({request, path, *key});
}

// What a key is not good for, it doesn't find.
Result<workspaces::Workspace::State> AdminApi::workspace(const Call& call) const {
  return parts_.unit_of_work.read([&](const ReadContext& context) -> Result<workspaces::Workspace::State> {
    const auto found = parts_.repositories.workspaces.find_by_slug(context, call.path["slug"]);
    if (!found || (call.key.workspace && *call.key.workspace != found->state().id)) {
      return failure(ErrorKind::not_found, "not_found", "There is no such workspace for this key.");
    }
    return found->state();
  });
}

Result<> AdminApi::check_member(WorkspaceId workspace, MemberId member) const {
  return parts_.unit_of_work.read([&](const ReadContext& context) -> Result<> {
    const auto found = parts_.repositories.members.find(context, member);
    if (found && found->state().workspace_id == workspace) return {};
    return failure(ErrorKind::not_found, "not_found", "There is no such member here.");
  });
}

Response AdminApi::status(const Call&) const {
  const auto status = parts_.node.status();
  return status ? json_response(200, to_json(*status)) : problem(status.error());
}

Response AdminApi::sockets(const Call& call) const {
  const auto limit = number_in(call.request, "limit", 1, max_items, default_items);
  if (!limit) return problem(limit.error());
  const auto found = workspace(call);
  if (!found) return problem(found.error());
  const auto list = parts_.node.sockets(found->id, *limit);
  return list ? json_response(200, to_json(*list, parts_.node.node_name())) : problem(list.error());
}

Response AdminApi::presence(const Call& call) const {
  const auto found = workspace(call);
  if (!found) return problem(found.error());
  const auto members = parts_.node.presence(found->id);
  return members ? json_response(200, presence_json(*members, parts_.node.node_name())) : problem(members.error());
}

Response AdminApi::log(const Call& call) const {
  const auto after = number_in(call.request, "after", 0, INT64_MAX, 0);
  if (!after) return problem(after.error());
  const auto limit = number_in(call.request, "limit", 1, max_items, default_items);
  if (!limit) return problem(limit.error());
  const auto found = workspace(call);
  if (!found) return problem(found.error());
  const auto body = parts_.unit_of_work.read([&](const ReadContext& context) -> Result<std::string> {
    const auto events = parts_.event_log.events_after(context, found->id, *after, *limit);
    return log_json(events, parts_.event_log.head(context, found->id),
                    parts_.event_log.trimmed_seq(context, found->id));
  });
  return body ? json_response(200, *body) : problem(body.error());
}

Response AdminApi::disconnect(const Call& call) const {
  const auto found = workspace(call);
  if (!found) return problem(found.error());
  const auto member = id_in<MemberId>(call.path["id"]);
  if (!member) return problem(member.error());
  if (const auto there = check_member(found->id, *member); !there) return problem(there.error());
  const auto closed = parts_.node.disconnect(*member);
  if (!closed) return problem(closed.error());
  call.log_action("sent away member " + member->str() + " of " + found->slug);
  return json_response(
      200, boost::json::serialize(boost::json::object{{"node", parts_.node.node_name()}, {"closedHere", *closed}}));
}

Response AdminApi::revoke(const Call& call) const {
  const auto session = id_in<kernel::SessionId>(call.path["id"]);
  if (!session) return problem(session.error());
  const auto ended = parts_.sessions.revoke(*session);
  if (ended) call.log_action("ended session " + session->str());
  return answer_with(ended);
}

Response AdminApi::publish(const Call& call) const {
  BodyReader body(call.request);
  const std::string kind = body.string("kind", catalog::ClientEventLimits::kind_bytes);
  const std::string payload = body.any("payload", catalog::ClientEventLimits::payload_bytes);
  const auto member = body.optional_id<MemberId>("memberId");
  if (const auto error = body.finish()) return problem(*error);
  // The names are held to what is asked of those that tabs send.
  const boost::json::object frame{
      {"type", "room.signal"}, {"room", call.path["room"]}, {"kind", kind}, {"payload", nullptr}};
  if (const auto parsed = catalog::parse_client_frame(boost::json::serialize(frame)); !parsed) {
    return problem(parsed.error().error);
  }
  const auto found = workspace(call);
  if (!found) return problem(found.error());
  if (member) {
    if (const auto there = check_member(found->id, *member); !there) return problem(there.error());
  }
  const std::string room(call.path["room"]);
  const auto told = parts_.node.publish({found->id, room, member.value_or(MemberId{}), kind, {payload}});
  if (told) call.log_action("signalled " + kind + " to room " + room + " of " + found->slug);
  return answer_with(told);
}

}  // namespace orbit::http
