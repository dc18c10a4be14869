#include <boost/json.hpp>

#include "http/answers.hpp"
#include "http/api.hpp"
#include "http/body_reader.hpp"

namespace orbit::http {

namespace json = boost::json;
using identity::ResolvedSession;
using kernel::ReadContext;
using kernel::Result;

namespace {

// What a browser calls itself, fit for storing and showing.
std::string user_agent(const Request& request) {
  std::string text(request.header("User-Agent").value_or(""));
  std::erase_if(text, [](char c) { return c < ' ' || c > '~'; });
  return text;
}

catalog::SessionDTO to_dto(const identity::Session& session, kernel::SessionId current) {
  return {session.id,         session.id == current, session.user_agent, session.address,
          session.created_at, session.last_used_at,  session.expires_at};
}

}  // namespace

std::string Api::session_cookie(const Request& request, std::string_view token, std::chrono::seconds lifetime) const {
  return cookie_name(request) + "=" + std::string(token) +
         "; Path=/; HttpOnly; SameSite=Lax; Max-Age=" + std::to_string(lifetime.count()) +
         (options_.secure_cookies ? "; Secure" : "");
}

Response Api::signed_in(const Request& request, const identity::SignedIn& signed_in, int status,
                        std::string body) const {
  Response response = json_response(status, std::move(body));
  // For as long as the session may live; whether it was used enough meanwhile, the server knows.
  const auto cookie_age = std::chrono::floor<std::chrono::seconds>(services_.sessions.rules().lifetime);
  response.headers.emplace_back("Set-Cookie", session_cookie(request, signed_in.token, cookie_age));
  return response;
}

void Api::add_session_routes() {
  const auto signed_in_dto = [this](const identity::User& user) {
    return services_.unit_of_work.read([&](const ReadContext& context) -> Result<catalog::SignedInDTO> {
      return catalog::SignedInDTO{{user.id, user.name, user.email}, projection_.workspaces_of(context, user.id)};
    });
  };
  router_.add("POST", "/v1/session", [this, signed_in_dto](const Request& request, const Path&) {
    BodyReader body(request);
    const std::string email = body.string("email", identity::max_email_bytes);
    const std::string password = body.string("password", identity::max_password_bytes);
    if (const auto error = body.finish()) return problem(*error);
    const auto session =
        services_.sessions.sign_in({email, password, user_agent(request), request.address, session_token(request)});
    if (!session) return problem(session.error());
    const auto dto = signed_in_dto(session->user);
    return dto ? signed_in(request, *session, 200, catalog::to_json(*dto)) : problem(dto.error());
  });
  add("DELETE", "/v1/session", [this](const Request& request, const Path&, const ResolvedSession& session) {
    Response response = answer_with(services_.sessions.end(session.user_id, session.session_id));
    response.headers.emplace_back("Set-Cookie", session_cookie(request, "", std::chrono::seconds{0}));
    return response;
  });
  add("GET", "/v1/me", [this, signed_in_dto](const Request&, const Path&, const ResolvedSession& session) {
    const auto user = services_.sessions.user(session.user_id);
    return user ? answer_with(signed_in_dto(*user)) : problem(user.error());
  });
  add("PATCH", "/v1/me", [this](const Request& request, const Path&, const ResolvedSession& session) {
    BodyReader body(request);
    const std::string name = body.string("name", 512);
    if (const auto error = body.finish()) return problem(*error);
    return answer_with(services_.members.rename_person(session.user_id, name));
  });
  add("GET", "/v1/sessions", [this](const Request&, const Path&, const ResolvedSession& session) {
    const auto sessions = services_.sessions.list(session.user_id);
    if (!sessions) return problem(sessions.error());
    std::vector<catalog::SessionDTO> dtos;
    for (const auto& own : *sessions) dtos.push_back(to_dto(own, session.session_id));
    return json_response(200, catalog::to_json(dtos));
  });
  add("DELETE", "/v1/sessions", [this](const Request&, const Path&, const ResolvedSession& session) {
    return answer_with(services_.sessions.end_others(session.user_id, session.session_id));
  });
  add("DELETE", "/v1/sessions/{id}", [this](const Request&, const Path& path, const ResolvedSession& session) {
    const auto id = id_in<kernel::SessionId>(path["id"]);
    return id ? answer_with(services_.sessions.end(session.user_id, *id)) : problem(id.error());
  });
  router_.add("POST", "/v1/invites/accept",
              [this](const Request& request, const Path&) { return accept_invite(request); });
  router_.add("GET", "/v1/config", [this](const Request& request, const Path&) {
    json::array accounts;
    for (const DemoAccount& account : options_.demo_accounts) {
      accounts.push_back(json::object{
          {"email", account.email}, {"name", account.name}, {"role", account.role}, {"workspace", account.workspace}});
    }
    const bool is_signed_in = services_.session_resolver.resolve(session_token(request)).has_value();
    return json_response(200, json::serialize(json::object{{"demo", !options_.demo_accounts.empty()},
                                                           {"demoAccounts", accounts},
                                                           {"signedIn", is_signed_in},
                                                           {"publicOrigin", origins_.public_origin()}}));
  });
}

Response Api::accept_invite(const Request& request) {
  BodyReader body(request);
  const std::string token = body.string("token", 128);
  const bool makes_account = body.has("name") || body.has("password");
  workspaces::NewAccount account;
  if (makes_account) {
    account = {body.string("name", 512), body.string("password", identity::max_password_bytes), user_agent(request),
               request.address, session_token(request)};
  }
  if (const auto error = body.finish()) return problem(*error);

  auto accepted = [&]() -> Result<workspaces::InviteService::Accepted> {
    if (makes_account) return services_.invites.accept(account, token);
    const auto session = services_.session_resolver.resolve(session_token(request));
    if (!session) return std::unexpected(session.error());
    return services_.invites.accept(session->user_id, token);
  }();
  if (!accepted) return problem(accepted.error());
  std::string answer = "{\"member\":" + catalog::to_json(accepted->member) +
                       ",\"workspace\":" + catalog::to_json(accepted->workspace) + "}";
  if (accepted->signed_in) return signed_in(request, *accepted->signed_in, 201, std::move(answer));
  return json_response(201, std::move(answer));
}

}  // namespace orbit::http
