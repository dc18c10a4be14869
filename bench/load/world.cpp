#include "load/world.hpp"

namespace orbit::bench {

namespace {

constexpr std::string_view workspace_path = "/v1/workspaces/acme";

std::string cookie_of(const HttpAnswer& answer) {
  const std::string_view set = answer.header("Set-Cookie");
  return std::string(set.substr(0, set.find(';')));
}

Outcome<> expect_cookie(const std::string& cookie, const HttpAnswer& answer) {
  if (!cookie.empty()) return {};
  return failure("nobody was signed in: " + std::to_string(answer.status) + " " + answer.body);
}

}  // namespace

Outcome<World> World::build(Poller& poller, unsigned short port, const WorldShape& shape) {
  World world(port);
  if (auto done = world.sign_owner_in(poller); !done) return std::unexpected(done.error());
  if (auto done = world.add_roles_and_teams(poller, shape); !done) return std::unexpected(done.error());
  if (auto done = world.add_people(poller, shape.members); !done) return std::unexpected(done.error());
  if (auto done = world.put_people_in_teams(poller); !done) return std::unexpected(done.error());
  return world;
}

std::string World::request(std::string_view method, std::string_view path, std::string_view cookie,
                           std::string_view body) const {
  const std::string host = "127.0.0.1:" + std::to_string(port_);
  std::string text;
  text.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ").append(host);
  text.append("\r\nOrigin: http://").append(host).append("\r\nCookie: ").append(cookie);
  if (!body.empty()) {
    text.append("\r\nContent-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
  }
  return text.append("\r\n\r\n").append(body);
}

std::string World::command(std::string_view method, std::string_view path, std::string_view body) const {
  return request(method, std::string(workspace_path).append(path), owner_, body);
}

Outcome<> World::sign_owner_in(Poller& poller) {
  const auto answer =
      ask(poller, port_, request("POST", "/v1/session", "", R"({"email":"ada@acme.test","password":"orbit-demo"})"));
  if (!answer) return std::unexpected(answer.error());
  owner_ = cookie_of(*answer);
  return expect_cookie(owner_, *answer);
}

Outcome<> World::add_roles_and_teams(Poller& poller, const WorldShape& shape) {
  for (std::size_t i = 0; i < shape.roles; ++i) {
    const auto answer = ask(
        poller, port_, command("POST", "/roles", R"({"name":"Craft )" + std::to_string(i) + R"(","permissions":[]})"));
    if (!answer) return std::unexpected(answer.error());
    roles_.emplace_back(json_string(answer->body, "id"));
  }
  for (std::size_t i = 0; i < shape.teams; ++i) {
    const auto answer =
        ask(poller, port_, command("POST", "/teams", R"({"name":"Founding crew )" + std::to_string(i) + "\"}"));
    if (!answer) return std::unexpected(answer.error());
    teams_.emplace_back(json_string(answer->body, "id"));
  }
  return {};
}

// By invitation, as people come in: accepting one makes the account and signs it in.
Outcome<> World::add_people(Poller& poller, std::size_t count) {
  std::vector<std::string> tokens(count);
  cookies_.resize(count);
  members_.resize(count);
  const auto invite = [&](std::size_t i) {
    return command(
        "POST", "/invites",
        R"({"email":"person)" + std::to_string(i) + R"(@acme.test","roleId":")" + roles_[i % roles_.size()] + "\"}");
  };
  const auto invited = run(poller, {port_, 4, count, invite, [&](std::size_t i, const HttpAnswer& answer) {
                                      tokens[i] = json_string(answer.body, "token");
                                      return tokens[i].empty() ? failure("no invite: " + answer.body) : Outcome<>{};
                                    }});
  if (!invited) return std::unexpected(invited.error());
  const auto accept = [&](std::size_t i) {
    return request("POST", "/v1/invites/accept", "",
                   R"({"token":")" + tokens[i] + R"(","name":"Person )" + std::to_string(i) +
                       R"(","password":"a long password"})");
  };
  const auto accepted = run(poller, {port_, 4, count, accept, [&](std::size_t i, const HttpAnswer& answer) {
                                       cookies_[i] = cookie_of(answer);
                                       members_[i] = json_string(answer.body, "id");
                                       return expect_cookie(cookies_[i], answer);
                                     }});
  return accepted ? Outcome<>{} : std::unexpected(accepted.error());
}

Outcome<> World::put_people_in_teams(Poller& poller) {
  const auto put = [&](std::size_t i) {
    return command("PUT", "/teams/" + teams_[i % teams_.size()] + "/members/" + members_[i], "");
  };
  const auto done = run(poller, {port_, 4, members_.size(), put});
  return done ? Outcome<>{} : std::unexpected(done.error());
}

TabPlan World::tab(std::size_t person, const std::optional<Cursor>& from, bool hydrate) const {
  const std::string& cookie = cookies_[person % cookies_.size()];
  std::string path = "/v1/ws?workspace=acme";
  if (from) path += "&after=" + std::to_string(from->seq) + "&epoch=" + from->epoch;
  TabPlan plan;
  if (from) plan.after = from->seq;
  plan.handshake = request("GET", path, cookie, "");
  plan.handshake.insert(plan.handshake.size() - 2,
                        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
  if (hydrate) {
    plan.snapshot = request("GET", workspace_path, cookie, "");
    plan.snapshot.insert(plan.snapshot.size() - 2, "Accept-Encoding: gzip, deflate, br\r\n");
  }
  return plan;
}

std::string World::rename_team(std::size_t number) const {
  return command("PATCH", "/teams/" + teams_[number % teams_.size()],
                 R"({"name":"Crew )" + std::to_string(number) + "\"}");
}

std::string World::next_event(bool last, std::size_t people_spared) {
  const std::size_t number = happened_++;
  const std::string name = std::to_string(number);
  if (last || number % 10 == 9) return command("PATCH", "", R"({"name":"Acme )" + name + "\"}");
  if (number % 10 == 8) {
    return command("PATCH", "/roles/" + roles_[number % roles_.size()], R"({"description":"As of )" + name + "\"}");
  }
  if (number % 10 == 7) return rename_team(number);
  // Round by round, each gets the role after the one they have.
  const std::size_t others = members_.size() - people_spared;
  const std::size_t person = people_spared + role_changes_ % others;
  const std::size_t role = (person + 1 + role_changes_ / others) % roles_.size();
  ++role_changes_;
  return command("PUT", "/members/" + members_[person] + "/role", R"({"roleId":")" + roles_[role] + "\"}");
}

Outcome<> World::make_events(Poller& poller, std::size_t count, std::size_t people_spared) {
  const auto before = head(poller);
  if (!before) return std::unexpected(before.error());
  const auto done =
      run(poller, {port_, 1, count, [&](std::size_t i) { return next_event(i + 1 == count, people_spared); }});
  if (!done) return std::unexpected(done.error());
  const auto after = head(poller);
  if (!after) return std::unexpected(after.error());
  if (after->seq == before->seq + count) return {};
  return failure(std::to_string(count) + " commands made " + std::to_string(after->seq - before->seq) + " events");
}

Outcome<Cursor> World::head(Poller& poller) const {
  const auto answer = ask(poller, port_, request("GET", workspace_path, owner_, ""));
  if (!answer) return std::unexpected(answer.error());
  const auto seq = json_number(answer->body, "seq");
  if (!seq) return failure("a snapshot without seq");
  return Cursor{std::string(json_string(answer->body, "epoch")), *seq};
}

}  // namespace orbit::bench
