// For this room's tests: the services over a database of their own, on a clock that stands still.
#pragma once

#include <gtest/gtest.h>

#include <mutex>

#include "app/domain.hpp"
#include "kernel/clock.hpp"
#include "storage/testing/test_database.hpp"

namespace orbit::app {

class DomainTest : public testing::Test {
 protected:
  struct Ended final : identity::SessionListener {
    std::mutex mutex;  // protects sessions: those that race end them on threads of their own
    std::vector<kernel::SessionId> sessions;
    void session_ended(kernel::SessionId session) override {
      const std::scoped_lock lock(mutex);
      sessions.push_back(session);
    }
  };

  DomainTest() {
    database = open_database();
    EXPECT_TRUE(database->migrate().has_value());
    domain = std::make_unique<Domain>(*database, ended, "whsec_test", clock, identity::PasswordHasher::least_cost());
    ada = add_user("Ada", "ada@acme.test");
    grace = add_user("Grace", "grace@acme.test");
    alan = add_user("Alan", "alan@acme.test");
    acme = domain->workspaces.create(ada, "acme", "Acme")->id;
    ada_member = member_of(ada);
  }
  ~DomainTest() override {
    domain.reset();
    database.reset();
  }

  /// The same database once more.
  std::unique_ptr<storage::Database> open_database(const storage::DatabaseOptions& options = {}) {
    return *storage::Database::open(test_database.url(), options, clock, metrics);
  }

  kernel::UserId add_user(const std::string& name, const std::string& email) {
    return *domain->unit_of_work.run([&](kernel::WriteContext& context) -> kernel::Result<kernel::UserId> {
      const identity::User user{kernel::UserId::create(clock), email, name, domain->hasher.hash("a-password"),
                                clock.now()};
      domain->repositories.users.add(context, user);
      return user.id;
    });
  }

  // Invites and accepts.
  kernel::MemberId join(kernel::UserId person, const std::string& email, std::optional<kernel::RoleId> role = {}) {
    const auto invite = domain->invites.create(ada, "acme", {email, role});
    EXPECT_TRUE(invite.has_value());
    return domain->invites.accept(person, invite->token)->member.id;
  }

  template <class Query>
  auto read(Query query) {
    using Answer = std::invoke_result_t<Query&, const kernel::ReadContext&>;
    return *domain->unit_of_work.read(
        [&](const kernel::ReadContext& context) -> kernel::Result<Answer> { return query(context); });
  }

  kernel::MemberId member_of(kernel::UserId person) {
    return read([&](const auto& context) {
      return domain->repositories.members.find_by_user(context, acme, person)->state().id;
    });
  }
  kernel::RoleId role(catalog::SystemRole key) {
    return read([&](const auto& context) {
      for (const auto& state : domain->repositories.roles.list(context, acme)) {
        if (state.system_key == key) return state.id;
      }
      return kernel::RoleId{};
    });
  }
  workspaces::Workspace::State workspace() {
    return read([&](const auto& context) { return domain->repositories.workspaces.find(context, acme)->state(); });
  }

  /// The types of acme's events since the last call, oldest first.
  std::vector<std::string> new_events() {
    auto events =
        read([&](const auto& context) { return database->event_log().events_after(context, acme, seen_seq_, 10'000); });
    std::vector<std::string> types;
    for (const auto& event : events) {
      EXPECT_EQ(event.seq, seen_seq_ + 1) << "the log has a gap";
      seen_seq_ = event.seq;
      types.push_back(event.type);
    }
    return types;
  }

  const storage::TestDatabase test_database;
  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  std::unique_ptr<storage::Database> database;
  Ended ended;
  std::unique_ptr<Domain> domain;
  kernel::UserId ada, grace, alan;
  kernel::WorkspaceId acme;
  kernel::MemberId ada_member;

 private:
  kernel::Seq seen_seq_ = 0;
};

/// The code of a failed result; empty for a success.
template <class T>
std::string code(const kernel::Result<T>& result) {
  return result ? "" : result.error().code;
}

}  // namespace orbit::app
