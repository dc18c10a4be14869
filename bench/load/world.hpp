// World: a workspace with its people, and the requests that they make. Built over HTTP, in a new node that runs with
// the demo's data. Belongs to the main thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "load/http_batch.hpp"
#include "load/tab.hpp"

namespace orbit::bench {

struct WorldShape {
  std::size_t members = 300;
  std::size_t roles = 3;   // beyond the three that every workspace has
  std::size_t teams = 12;  // each member is in one
};

/// Where a tab stands in the stream.
struct Cursor {
  std::string epoch;
  std::uint64_t seq = 0;
};

class World {
 public:
  [[nodiscard]] static Outcome<World> build(Poller& poller, unsigned short port, const WorldShape& shape);

  /// Another workspace of the same shape, whose members are people of this one, beginning with that person; the one
  /// behind them owns it.
  [[nodiscard]] Outcome<World> branch(Poller& poller, std::size_t number, std::size_t members,
                                      std::size_t first_person) const;

  /// The same workspace, on a node elsewhere that has a copy of the database.
  [[nodiscard]] World at(unsigned short port) const {
    World copy = *this;
    copy.port_ = port;
    return copy;
  }

  /// How many can be signed in as.
  [[nodiscard]] std::size_t people() const { return people_.size(); }

  /// What a tab of that person asks: from the cursor on where there is one, and hydrating where `hydrate` says so.
  [[nodiscard]] TabPlan tab(std::size_t person, const std::optional<Cursor>& from, bool hydrate = false) const;

  /// A request with a body, from the workspace's owner.
  [[nodiscard]] std::string command(std::string_view method, std::string_view path, std::string_view body) const;
  [[nodiscard]] std::string rename(std::size_t number) const;

  /// Makes that many things happen, each one event that every tab sees: seven of ten are a change of somebody's role,
  /// the others of a role, a team, the workspace; the last one is always of the workspace. The first `people_spared`
  /// keep their roles.
  [[nodiscard]] Outcome<> make_events(Poller& poller, std::size_t count, std::size_t people_spared);

  /// The next of such commands, without end. In a workspace with many people, others may be under way meanwhile.
  [[nodiscard]] std::string next_command() { return next_event(false, 0); }

  /// The end of the stream, as a snapshot says it.
  [[nodiscard]] Outcome<Cursor> head(Poller& poller) const;

 private:
  struct Person {
    std::string email;
    std::string cookie;
    std::string member_id;
    std::size_t role = 0;  // an index into roles_
  };

  World(unsigned short port, const WorldShape& shape, std::string slug)
      : port_(port), shape_(shape), slug_(std::move(slug)) {}

  Outcome<> sign_owner_in(Poller& poller);
  Outcome<> settle(Poller& poller);
  Outcome<> add_roles_and_teams(Poller& poller);
  Outcome<> invite_people(Poller& poller);
  Outcome<> invite_people(Poller& poller, std::size_t first, std::size_t count);
  Outcome<> put_people_in_teams(Poller& poller);
  [[nodiscard]] std::string path() const { return "/v1/workspaces/" + slug_; }
  [[nodiscard]] std::string request(std::string_view method, std::string_view path, std::string_view cookie,
                                    std::string_view body) const;
  [[nodiscard]] std::string rename_team(std::size_t number) const;
  [[nodiscard]] std::string next_event(bool last, std::size_t people_spared);

  unsigned short port_;
  WorldShape shape_;
  std::string slug_;
  std::string owner_;               // cookie
  std::vector<Person> people_;      // all members but the owner
  std::vector<std::string> roles_;  // those without permissions
  std::vector<std::string> teams_;
  std::size_t role_changes_ = 0;
  std::size_t happened_ = 0;
};

}  // namespace orbit::bench
