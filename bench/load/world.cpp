#include "load/world.hpp"

#include <algorithm>
#include <span>

namespace orbit::bench {

namespace {

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
  World world(port, shape, "acme");
  for (std::size_t i = 0; i < shape.members; ++i) {
    world.people_.emplace_back().email = "person" + std::to_string(i) + "@acme.test";
  }
  if (auto done = world.sign_owner_in(poller); !done) return std::unexpected(done.error());
  if (auto done = world.settle(poller); !done) return std::unexpected(done.error());
  return world;
}

Outcome<World> World::branch(Poller& poller, std::size_t number, std::size_t members, std::size_t first_person) const {
  World world(port_, shape_, "branch-" + std::to_string(number));
  world.owner_ = people_[(first_person + members) % people_.size()].cookie;
  for (std::size_t i = 0; i < members; ++i) {
    Person& person = world.people_.emplace_back(people_[(first_person + i) % people_.size()]);
    person.member_id.clear();
  }
  const auto created =
      ask(poller, port_,
          request("POST", "/v1/workspaces", world.owner_, R"({"name":"Branch","slug":")" + world.slug_ + "\"}"));
  if (!created) return std::unexpected(created.error());
  if (auto done = world.settle(poller); !done) return std::unexpected(done.error());
  return world;
}

Outcome<> World::settle(Poller& poller) {
  if (auto done = add_roles_and_teams(poller); !done) return done;
  if (auto done = invite_people(poller); !done) return done;
  return put_people_in_teams(poller);
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
  return request(method, this->path().append(path), owner_, body);
}

Outcome<> World::sign_owner_in(Poller& poller) {
  const auto answer =
      ask(poller, port_, request("POST", "/v1/session", "", R"({"email":"ada@acme.test","password":"orbit-demo"})"));
  if (!answer) return std::unexpected(answer.error());
  owner_ = cookie_of(*answer);
  return expect_cookie(owner_, *answer);
}

Outcome<> World::add_roles_and_teams(Poller& poller) {
  for (std::size_t i = 0; i < shape_.roles; ++i) {
    const auto answer = ask(
        poller, port_, command("POST", "/roles", R"({"name":"Craft )" + std::to_string(i) + R"(","permissions":[]})"));
    if (!answer) return std::unexpected(answer.error());
    roles_.emplace_back(json_string(answer->body, "id"));
  }
  for (std::size_t i = 0; i < shape_.teams; ++i) {
    const auto answer =
        ask(poller, port_, command("POST", "/teams", R"({"name":"Founding crew )" + std::to_string(i) + "\"}"));
    if (!answer) return std::unexpected(answer.error());
    teams_.emplace_back(json_string(answer->body, "id"));
  }
  return {};
}

// As people come in: accepting an invite makes the account and signs it in, unless they are signed in already. A
// workspace takes a thousand open invites.
Outcome<> World::invite_people(Poller& poller) {
  constexpr std::size_t portion = 500;
  for (std::size_t first = 0; first < people_.size(); first += portion) {
    if (auto done = invite_people(poller, first, std::min(portion, people_.size() - first)); !done) return done;
  }
  return {};
}

Outcome<> World::invite_people(Poller& poller, std::size_t first, std::size_t count) {
  const std::span<Person> people(people_.data() + first, count);
  std::vector<std::string> tokens(count);
  const auto invite = [&](std::size_t i) {
    people[i].role = (first + i) % roles_.size();
    return command("POST", "/invites",
                   R"({"email":")" + people[i].email + R"(","roleId":")" + roles_[people[i].role] + "\"}");
  };
  const auto invited = run(poller, {port_, 4, count, invite, [&](std::size_t i, const HttpAnswer& answer) {
                                      tokens[i] = json_string(answer.body, "token");
                                      return tokens[i].empty() ? failure("no invite: " + answer.body) : Outcome<>{};
                                    }});
  if (!invited) return std::unexpected(invited.error());
  const auto accept = [&](std::size_t i) {
    const bool is_new = people[i].cookie.empty();
    const std::string account =
        is_new ? R"(,"name":"Person )" + std::to_string(first + i) + R"(","password":"a long password")" : "";
    return request("POST", "/v1/invites/accept", people[i].cookie, R"({"token":")" + tokens[i] + "\"" + account + "}");
  };
  const auto accepted = run(poller, {port_, 4, count, accept, [&](std::size_t i, const HttpAnswer& answer) {
                                       people[i].member_id = json_string(answer.body, "id");
                                       if (people[i].cookie.empty()) people[i].cookie = cookie_of(answer);
                                       return expect_cookie(people[i].cookie, answer);
                                     }});
  return accepted ? Outcome<>{} : std::unexpected(accepted.error());
}

Outcome<> World::put_people_in_teams(Poller& poller) {
  const auto put = [&](std::size_t i) {
    return command("PUT", "/teams/" + teams_[i % teams_.size()] + "/members/" + people_[i].member_id, "");
  };
  const auto done = run(poller, {port_, 4, people_.size(), put});
  return done ? Outcome<>{} : std::unexpected(done.error());
}

TabPlan World::tab(std::size_t person, const std::optional<Cursor>& from, bool hydrate) const {
  const std::string& cookie = people_[person % people_.size()].cookie;
  std::string target = "/v1/ws?workspace=" + slug_;
  if (from) target += "&after=" + std::to_string(from->seq) + "&epoch=" + from->epoch;
  TabPlan plan;
  if (from) plan.after = from->seq;
  plan.handshake = request("GET", target, cookie, "");
  plan.handshake.insert(plan.handshake.size() - 2,
                        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
  if (hydrate) {
    plan.snapshot = request("GET", path(), cookie, "");
    plan.snapshot.insert(plan.snapshot.size() - 2, "Accept-Encoding: gzip, deflate, br\r\n");
  }
  return plan;
}

std::string World::rename(std::size_t number) const {
  return command("PATCH", "", R"({"name":"Acme )" + std::to_string(number) + "\"}");
}

std::string World::rename_team(std::size_t number) const {
  return command("PATCH", "/teams/" + teams_[number % teams_.size()],
                 R"({"name":"Crew )" + std::to_string(number) + "\"}");
}

std::string World::next_event(bool last, std::size_t people_spared) {
  const std::size_t number = happened_++;
  if (last || number % 10 == 9) return rename(number);
  if (number % 10 == 8) {
    return command("PATCH", "/roles/" + roles_[number % roles_.size()],
                   R"({"description":"As of )" + std::to_string(number) + "\"}");
  }
  if (number % 10 == 7) return rename_team(number);
  Person& person = people_[people_spared + role_changes_++ % (people_.size() - people_spared)];
  person.role = (person.role + 1) % roles_.size();
  return command("PUT", "/members/" + person.member_id + "/role", R"({"roleId":")" + roles_[person.role] + "\"}");
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
  const auto answer = ask(poller, port_, request("GET", path(), owner_, ""));
  if (!answer) return std::unexpected(answer.error());
  const auto seq = json_number(answer->body, "seq");
  if (!seq) return failure("a snapshot without seq");
  return Cursor{std::string(json_string(answer->body, "epoch")), *seq};
}

}  // namespace orbit::bench
