#include "http/api.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <future>

#include "billing/testing/memory_billing.hpp"
#include "workspaces/testing/acme.hpp"

namespace orbit::http {
namespace {

class EmptyEventLog final : public kernel::EventLog {
 public:
  [[nodiscard]] std::string epoch(const kernel::ReadContext&) const override { return "epoch"; }
  [[nodiscard]] kernel::Seq head(const kernel::ReadContext&, kernel::WorkspaceId) const override { return seq; }
  [[nodiscard]] std::vector<std::pair<kernel::WorkspaceId, kernel::Seq>> heads(
      const kernel::ReadContext&, std::span<const kernel::WorkspaceId>) const override {
    return {};
  }
  [[nodiscard]] kernel::Seq trimmed_seq(const kernel::ReadContext&, kernel::WorkspaceId) const override { return 0; }
  [[nodiscard]] std::vector<kernel::DomainEvent> events_after(const kernel::ReadContext&, kernel::WorkspaceId,
                                                              kernel::Seq, std::size_t) const override {
    return {};
  }
  [[nodiscard]] kernel::Seq published_seq(const kernel::ReadContext&, kernel::WorkspaceId) const override {
    return seq;
  }
  void note_published(kernel::WriteContext&, kernel::WorkspaceId, kernel::Seq) const override {}
  [[nodiscard]] std::vector<kernel::WorkspaceId> unpublished_workspaces(const kernel::ReadContext&,
                                                                        std::size_t) const override {
    return {};
  }

  kernel::Seq seq = 7;
};

// Knows people by tokens that the test hands out.
class KnownTokens final : public identity::SessionResolver {
 public:
  [[nodiscard]] kernel::Result<identity::ResolvedSession> resolve(std::string_view token) override {
    if (token == "broken") throw std::runtime_error("the resolver is broken");
    if (const auto found = people.find(token); found != people.end()) return found->second;
    return kernel::failure(kernel::ErrorKind::unauthenticated, "session.required", "Sign in.");
  }
  [[nodiscard]] bool is_live(const kernel::ReadContext&, kernel::SessionId) override { return true; }

  std::map<std::string, identity::ResolvedSession, std::less<>> people;
};

// One worker, so that a task that holds it holds all that come behind. The stores are in memory and belong to whoever
// waits for the answer.
class ApiTest : public workspaces::AcmeTest {
 protected:
  ApiTest() {
    tokens.people["ada"] = {kernel::SessionId::create(clock), ada};
    tokens.people["stranger"] = {kernel::SessionId::create(clock), stranger};
  }

  static Request request(std::string method, std::string path, std::string token = {}, std::string body = {}) {
    Request made{.method = std::move(method), .path = std::move(path), .body = std::move(body), .id = "17"};
    made.headers.emplace_back("Origin", "http://orbit.test");
    if (!token.empty()) made.headers.emplace_back("Cookie", "orbit_session=" + token);
    if (!made.body.empty()) made.headers.emplace_back("Content-Type", "application/json; charset=utf-8");
    return made;
  }

  static std::string& header_of(Request& request, std::string_view name) {
    return std::ranges::find(request.headers, name, [](const auto& entry) { return std::string_view(entry.first); })
        ->second;
  }

  std::future<Response> begin(Request request) {
    auto promise = std::make_shared<std::promise<Response>>();
    auto future = promise->get_future();
    api.handle(std::move(request), [promise](Response response) { promise->set_value(std::move(response)); });
    return future;
  }
  Response answer(Request request) { return begin(std::move(request)).get(); }

  static std::string header(const Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) return value;
    }
    return {};
  }

  /// "status code", for problems that name their request; what is wrong otherwise.
  static std::string problem_in(const Response& response) {
    if (header(response, "Content-Type") != "application/problem+json") return "no problem";
    const auto body = boost::json::parse(response.body).as_object();
    if (!body.contains("requestId") || body.at("requestId") != "17") return "does not name its request";
    return std::to_string(response.status) + " " + std::string(body.at("code").as_string().c_str());
  }

  std::vector<std::string> allowed{"http://friend.test"};
  kernel::OriginPolicy origins = kernel::OriginPolicy::create("http://orbit.test", allowed).value();
  kernel::MetricsRegistry metrics;
  EmptyEventLog event_log;
  KnownTokens tokens;
  billing::MemorySubscriptionRepository subscriptions{unit_of_work};
  billing::MemoryStripeEventRepository stripe_events{unit_of_work};
  billing::BillingService billing{unit_of_work, repositories, subscriptions, stripe_events, "whsec_test", clock};
  StaticSite site;
  bool ready = true;
  WorkerPool workers{{.threads = 1, .max_queued = 1}, clock, metrics};
  Services services{unit_of_work,
                    event_log,
                    clock,
                    tokens,
                    session_service,
                    repositories,
                    workspace_service,
                    member_service,
                    role_service,
                    invite_service,
                    team_service,
                    billing,
                    [](auto) { return std::vector<catalog::PresenceDTO>{}; }};
  Api api{services, workers, origins, site, [this] { return ready; }, {}, metrics};
};

TEST_F(ApiTest, NamesTheRequestInProblemsOfWhateverOrigin) {
  EXPECT_EQ(problem_in(answer(request("GET", "/v1/me"))), "401 session.required");
  EXPECT_EQ(problem_in(answer(request("GET", "/v1/workspaces/acme", "stranger"))), "404 not_found");
  EXPECT_EQ(problem_in(answer(request("PATCH", "/v1/workspaces/acme", "ada", "{}"))), "422 validation");
  EXPECT_EQ(problem_in(answer(request("PATCH", "/v1/workspaces/acme", "ada", "{"))), "400 json.malformed");
  EXPECT_EQ(problem_in(answer(request("GET", "/v1/nowhere"))), "404 not_found");
  EXPECT_EQ(problem_in(answer(request("GET", "/nowhere"))), "404 not_found");
}

TEST_F(ApiTest, SaysWhichMethodsARouteHas) {
  const auto refusal = answer(request("PUT", "/v1/me", "ada"));
  EXPECT_EQ(problem_in(refusal), "405 method.not_allowed");
  EXPECT_EQ(header(refusal, "Allow"), "OPTIONS, GET, PATCH");
}

TEST_F(ApiTest, ChangesNothingForAForeignOrigin) {
  for (const char* origin : {"http://evil.test", "null", "http://orbit.test.evil.test"}) {
    auto change = request("PATCH", "/v1/workspaces/acme", "ada", R"({"name":"Evil"})");
    header_of(change, "Origin") = origin;
    EXPECT_EQ(problem_in(answer(change)), "403 origin.refused") << origin;
  }
  auto without = request("PATCH", "/v1/workspaces/acme", "ada", R"({"name":"Evil"})");
  std::erase_if(without.headers, [](const auto& entry) { return entry.first == "Origin"; });
  EXPECT_EQ(problem_in(answer(without)), "403 origin.refused");
  EXPECT_EQ(workspace_now().name, "Acme");

  EXPECT_EQ(answer(request("PATCH", "/v1/workspaces/acme", "ada", R"({"name":"Zenith"})")).status, 200);
  EXPECT_EQ(workspace_now().name, "Zenith");
}

TEST_F(ApiTest, TakesStripesWebhookFromAnyOriginAndTrustsItsSignatureOnly) {
  auto webhook = request("POST", "/v1/billing/stripe", {}, "{}");
  header_of(webhook, "Origin") = "http://stripe.test";
  EXPECT_EQ(problem_in(answer(webhook)), "401 stripe.bad_signature");
}

TEST_F(ApiTest, ReadsNoBodyButJson) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "", "application/json5"}) {
    auto change = request("PATCH", "/v1/workspaces/acme", "ada", R"({"name":"Zenith"})");
    header_of(change, "Content-Type") = type;
    EXPECT_EQ(problem_in(answer(change)), "415 request.not_json") << type;
  }
}

TEST_F(ApiTest, LetsAllowedOriginsReadAnswersAndTellsOthersNothing) {
  auto friendly = request("GET", "/v1/me", "ada");
  header_of(friendly, "Origin") = "http://friend.test";
  const auto told = answer(friendly);
  EXPECT_EQ(told.status, 200);
  EXPECT_EQ(header(told, "Access-Control-Allow-Origin"), "http://friend.test");
  EXPECT_EQ(header(told, "Access-Control-Allow-Credentials"), "true");
  EXPECT_EQ(header(told, "Vary"), "Origin");

  header_of(friendly, "Origin") = "http://evil.test";
  const auto untold = answer(friendly);
  EXPECT_EQ(header(untold, "Access-Control-Allow-Origin"), "");
  EXPECT_EQ(header(untold, "Access-Control-Allow-Credentials"), "");
  EXPECT_EQ(header(untold, "Vary"), "Origin");
}

TEST_F(ApiTest, AnswersPreflightsWithoutASession) {
  const auto preflight = answer(request("OPTIONS", "/v1/workspaces/acme"));
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(header(preflight, "Access-Control-Allow-Headers"), "Content-Type, If-None-Match");
  EXPECT_EQ(problem_in(answer(request("OPTIONS", "/v1/nowhere"))), "404 not_found");
}

TEST_F(ApiTest, AnswersAThrownExceptionAsItsOwnFaultAndGoesOn) {
  const auto failed = answer(request("GET", "/v1/me", "broken"));
  EXPECT_EQ(problem_in(failed), "500 internal");
  EXPECT_EQ(failed.body.find("resolver"), std::string::npos);
  EXPECT_EQ(answer(request("GET", "/v1/me", "ada")).status, 200);
}

TEST_F(ApiTest, RefusesWorkBeyondItsQueueAtOnceButStillSaysThatItLives) {
  std::promise<void> entered, release;
  workers.post([&] {
    entered.set_value();
    release.get_future().wait();
  });
  entered.get_future().wait();
  auto queued = begin(request("GET", "/v1/me", "ada"));
  auto refused = begin(request("GET", "/v1/me", "ada"));
  const bool at_once = refused.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  const bool lives = answer(request("GET", "/healthz")).status == 200;
  release.set_value();
  EXPECT_TRUE(at_once);
  EXPECT_TRUE(lives);
  EXPECT_EQ(queued.get().status, 200);
  const auto refusal = refused.get();
  EXPECT_EQ(problem_in(refusal), "503 node.overloaded");
  EXPECT_EQ(header(refusal, "Retry-After"), "1");
}

TEST_F(ApiTest, IsReadyUntilTheNodeDrains) {
  EXPECT_EQ(answer(request("GET", "/readyz")).status, 200);
  ready = false;
  EXPECT_EQ(problem_in(answer(request("GET", "/readyz"))), "503 node.draining");
  EXPECT_EQ(answer(request("GET", "/healthz")).status, 200);
}

TEST_F(ApiTest, SendsASnapshotOnlyWhereItChanged) {
  const auto first = answer(request("GET", "/v1/workspaces/acme", "ada"));
  ASSERT_EQ(first.status, 200);
  auto again = request("GET", "/v1/workspaces/acme", "ada");
  again.headers.emplace_back("If-None-Match", header(first, "ETag"));
  const auto unchanged = answer(again);
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_EQ(unchanged.body, "");
  EXPECT_EQ(header(unchanged, "ETag"), header(first, "ETag"));
  ++event_log.seq;
  EXPECT_EQ(answer(again).status, 200);
}

TEST_F(ApiTest, MakesWhatMembersShareOfASnapshotOnceForEachChange) {
  const auto made = [&] {
    std::int64_t misses = 0;
    metrics.visit([&](const auto& entry) {
      if (entry.name == "orbit_snapshot_cache_misses_total") misses = entry.metric.value();
    });
    return misses;
  };
  const auto first = answer(request("GET", "/v1/workspaces/acme", "ada"));
  EXPECT_EQ(answer(request("GET", "/v1/workspaces/acme", "ada")).body, first.body);
  EXPECT_EQ(made(), 1);
  const auto snapshot = boost::json::parse(first.body).as_object();
  for (const char* field :
       {"epoch", "seq", "workspace", "you", "members", "roles", "teams", "invites", "subscription", "presence"}) {
    EXPECT_TRUE(snapshot.contains(field)) << field;
  }
  ++event_log.seq;
  EXPECT_EQ(boost::json::parse(answer(request("GET", "/v1/workspaces/acme", "ada")).body).at("seq"), event_log.seq);
  EXPECT_EQ(made(), 2);
}

TEST_F(ApiTest, SendsASnapshotCompressedToWhoeverTakesThat) {
  const auto plain = answer(request("GET", "/v1/workspaces/acme", "ada"));
  EXPECT_EQ(header(plain, "Content-Encoding"), "");
  auto asked = request("GET", "/v1/workspaces/acme", "ada");
  asked.headers.emplace_back("Accept-Encoding", "gzip, br");
  const auto zipped = answer(asked);
  EXPECT_EQ(header(zipped, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(zipped, "Vary"), "Accept-Encoding");
  EXPECT_LT(zipped.body.size(), plain.body.size());
}

TEST_F(ApiTest, SendsACookieOfASecureOriginToItsHostOnlyAndForAsLongAsASessionLives) {
  Api secure(services, workers, origins, site, [] { return true; }, {.secure_cookies = true}, metrics);
  std::promise<Response> answered;
  const auto invite = invite_service.create(ada, "acme", {"edsger@acme.test", std::nullopt});
  const std::string body = R"({"name":"Edsger","password":"orbit-demo","token":")" + invite->token + "\"}";
  secure.handle(request("POST", "/v1/invites/accept", {}, body),
                [&](Response response) { answered.set_value(std::move(response)); });
  const std::string cookie = header(answered.get_future().get(), "Set-Cookie");
  EXPECT_TRUE(cookie.starts_with("__Host-orbit_session=")) << cookie;
  EXPECT_TRUE(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000; Secure")) << cookie;
}

TEST_F(ApiTest, KeepsTheSessionCookieFromScriptsAndForeignSites) {
  const auto ended = answer(request("DELETE", "/v1/session", "ada"));
  EXPECT_EQ(header(ended, "Set-Cookie"), "orbit_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
  const Api secure(services, workers, origins, site, [] { return true; }, {.secure_cookies = true}, metrics);
  Request asked;
  asked.headers.emplace_back("Cookie", "orbit_session=plain; __Host-orbit_session=secure");
  EXPECT_EQ(secure.session_token(asked), "secure");
  EXPECT_EQ(api.session_token(asked), "plain");
}

TEST_F(ApiTest, SlowsDownWhoeverSendsTooManyCommands) {
  const std::string body = R"({"name":"Acme"})";
  Api slow(services, workers, origins, site, [] { return true; }, {.commands_per_user = 1}, metrics);
  const auto send = [&](const std::string& method) {
    std::promise<Response> answered;
    auto answer = answered.get_future();
    slow.handle(request(method, "/v1/workspaces/acme", "ada", method == "GET" ? "" : body),
                [&](Response response) { answered.set_value(std::move(response)); });
    return answer.get();
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send("PATCH").status, 200);
  const auto refusal = send("PATCH");
  EXPECT_EQ(problem_in(refusal), "429 user.too_many_commands");
  EXPECT_EQ(header(refusal, "Retry-After"), "1");
  EXPECT_EQ(send("GET").status, 200);
}

TEST_F(ApiTest, CountsOnlyCommandsThatWereDoneForTheirWorkspace) {
  Api slow(services, workers, origins, site, [] { return true; }, {.commands_per_workspace = 1}, metrics);
  const auto send = [&](const std::string& who, const std::string& body) {
    std::promise<Response> answered;
    auto answer = answered.get_future();
    slow.handle(request("PATCH", "/v1/workspaces/acme", who, body),
                [&](Response response) { answered.set_value(std::move(response)); });
    return answer.get();
  };
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send("stranger", R"({"name":"Mine"})").status, 404);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send("ada", R"({"name":""})").status, 422);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(send("ada", R"({"name":"Acme"})").status, 200);
  EXPECT_EQ(problem_in(send("ada", R"({"name":"Acme"})")), "429 workspace.too_many_commands");
  EXPECT_EQ(send("stranger", R"({"name":"Mine"})").status, 404);
}

}  // namespace
}  // namespace orbit::http
