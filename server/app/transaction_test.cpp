#include <algorithm>
#include <map>
#include <thread>

#include "app/domain_fixture.hpp"

namespace orbit::app {
namespace {

using kernel::ReadContext;
using kernel::Result;
using kernel::WriteContext;

// What may only read has no way to write or to emit: the compiler says so.
template <class Context>
concept CanSave = requires(const workspaces::TeamRepository& teams, Context& context, workspaces::Team& team) {
  teams.save(context, team);
};
template <class Context>
concept CanEmit = requires(Context& context, kernel::DomainEvent event) { context.emit(event); };
static_assert(CanSave<WriteContext> && CanEmit<WriteContext>);
static_assert(!CanSave<const ReadContext> && !CanSave<ReadContext>);
static_assert(!CanEmit<const ReadContext> && !CanEmit<ReadContext>);

class TransactionTest : public DomainTest {
 protected:
  workspaces::Team team(const std::string& name) {
    return workspaces::Team::create({kernel::TeamId::create(clock), acme, name, {}, clock.now()});
  }
  std::size_t team_count() {
    return read([&](const auto& context) { return domain->repositories.teams.list(context, acme).size(); });
  }
};

struct Collector final : kernel::CommitListener {
  std::vector<kernel::Seq> seqs;
  void committed(std::span<const kernel::DomainEvent> events) override {
    for (const auto& event : events) seqs.push_back(event.seq);
  }
};

TEST_F(TransactionTest, CommitAndEventAreOneWhenTheWorkFails) {
  new_events();
  const auto refused = domain->unit_of_work.run([&](WriteContext& context) -> Result<> {
    context.lock(acme);
    auto engines = team("Engines");
    domain->repositories.teams.save(context, engines);
    return kernel::failure(kernel::ErrorKind::conflict, "no", "no");
  });
  EXPECT_EQ(code(refused), "no");
  EXPECT_EQ(team_count(), 0U);
  EXPECT_TRUE(new_events().empty());
}

TEST_F(TransactionTest, CommitAndEventAreOneWhenTheWorkThrows) {
  new_events();
  EXPECT_THROW(static_cast<void>(domain->unit_of_work.run([&](WriteContext& context) -> Result<> {
                 context.lock(acme);
                 auto engines = team("Engines");
                 domain->repositories.teams.save(context, engines);
                 throw std::runtime_error("broken");
               })),
               std::runtime_error);
  EXPECT_EQ(team_count(), 0U);
  EXPECT_TRUE(new_events().empty());
  EXPECT_EQ(code(domain->teams.create(ada, "acme", "Engines")), "");
}

TEST_F(TransactionTest, WhatIsWrittenWithoutTheWorkspacesLockIsAMistake) {
  new_events();
  EXPECT_THROW(static_cast<void>(domain->unit_of_work.run([&](WriteContext& context) -> Result<> {
                 context.lock(kernel::WorkspaceId::create(clock));  // of another
                 auto engines = team("Engines");
                 domain->repositories.teams.save(context, engines);
                 return {};
               })),
               std::logic_error);
  EXPECT_EQ(team_count(), 0U);
  EXPECT_TRUE(new_events().empty());
}

TEST_F(TransactionTest, SeqsHaveNoGapsThoughManyThreadsCommitAndSomeRollBack) {
  new_events();
  Collector collector;
  database->set_commit_listener(&collector);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string name = std::to_string(t) + "." + std::to_string(i);
        EXPECT_EQ(code(domain->teams.create(ada, "acme", name)), "");
        EXPECT_EQ(code(domain->teams.create(ada, "acme", name)), "team.name_taken");
      }
    });
  }
  threads.clear();
  EXPECT_EQ(new_events().size(), 100U);
  ASSERT_EQ(collector.seqs.size(), 100U);
  if (!database->is_shared()) {
    EXPECT_TRUE(std::ranges::is_sorted(collector.seqs)) << "the listener hears of commits in their order";
  }
}

// Who shares a commit with whom is up to the threads; what each is told must be so however that falls out.
TEST_F(TransactionTest, OneThatFailsTakesNothingFromThoseCommittedWithIt) {
  new_events();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 20; ++i) {
        const auto add_team = [&] {
          return domain->unit_of_work.run([&](WriteContext& context) -> Result<> {
            context.lock(acme);
            auto engines = team(std::to_string(t) + "." + std::to_string(i));
            domain->repositories.teams.save(context, engines);
            if (t % 4 == 1) return kernel::failure(kernel::ErrorKind::conflict, "no", "no");
            if (t % 4 == 2) throw std::runtime_error("broken");
            return {};
          });
        };
        if (t % 4 == 2) {
          EXPECT_THROW(static_cast<void>(add_team()), std::runtime_error);
        } else {
          EXPECT_EQ(code(add_team()), t % 4 == 1 ? "no" : "");
        }
        if (t % 4 == 3) {
          EXPECT_EQ(code(domain->teams.create(ada, "acme", std::to_string(t) + "." + std::to_string(i))),
                    "team.name_taken");
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(team_count(), 4U * 20U);
  EXPECT_EQ(new_events().size(), 4U * 20U);
}

TEST_F(TransactionTest, AReadIsOneSnapshot) {
  const auto counts =
      domain->unit_of_work.read([&](const ReadContext& context) -> Result<std::pair<std::size_t, std::size_t>> {
        const auto before = domain->repositories.teams.list(context, acme).size();
        std::thread([&] { EXPECT_EQ(code(domain->teams.create(ada, "acme", "Engines")), ""); }).join();
        return std::pair(before, domain->repositories.teams.list(context, acme).size());
      });
  EXPECT_EQ(*counts, std::pair(std::size_t{0}, std::size_t{0}));
  EXPECT_EQ(team_count(), 1U);
}

TEST_F(TransactionTest, ATransactionInsideATransactionIsAMistake) {
  EXPECT_THROW(static_cast<void>(domain->unit_of_work.run([&](WriteContext&) -> Result<> {
                 return domain->unit_of_work.read([](const ReadContext&) -> Result<> { return {}; });
               })),
               std::logic_error);
}

TEST_F(TransactionTest, NotingNeverMovesBackwards) {
  if (database->is_shared()) GTEST_SKIP() << "what is committed counts as published";
  const auto note = [&](kernel::Seq seq) {
    EXPECT_TRUE(domain->unit_of_work
                    .run([&](WriteContext& context) -> Result<> {
                      database->event_log().note_published(context, acme, seq);
                      return {};
                    })
                    .has_value());
  };
  const auto published = [&] {
    return read([&](const auto& context) { return database->event_log().published_seq(context, acme); });
  };
  note(4);
  note(2);
  EXPECT_EQ(published(), 4U);
  EXPECT_EQ(read([&](const auto& context) { return database->event_log().unpublished_workspaces(context, 10); }),
            std::vector{acme});
}

TEST_F(TransactionTest, TheHeadsOfManyWorkspacesAreAskedForAtOnce) {
  const auto globex = domain->workspaces.create(grace, "globex", "Globex")->id;
  const auto unknown = kernel::WorkspaceId::create(clock);
  const auto heads = [&](std::vector<kernel::WorkspaceId> workspaces) {
    return read([&](const auto& context) {
      auto found = database->event_log().heads(context, workspaces);
      return std::map(found.begin(), found.end());
    });
  };
  const auto head = [&](kernel::WorkspaceId workspace) {
    return read([&](const auto& context) { return database->event_log().head(context, workspace); });
  };
  ASSERT_EQ(code(domain->teams.create(ada, "acme", "Engines")), "");
  EXPECT_EQ(heads({unknown, globex, acme}), (std::map{std::pair(acme, head(acme)), std::pair(globex, head(globex))}));
  EXPECT_EQ(heads({globex}).size(), 1U);
  EXPECT_TRUE(heads({}).empty());
}

TEST_F(TransactionTest, MigratingAgainChangesNothing) {
  EXPECT_TRUE(database->migrate()->empty());
  EXPECT_EQ(code(domain->teams.create(ada, "acme", "Engines")), "");
}

TEST(Database, NamesWhatItCannotOpen) {
  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  const auto bad = storage::Database::open("mysql://x", {}, clock, metrics);
  ASSERT_EQ(code(bad), "database.bad_url");
  EXPECT_NE(bad.error().message.find("mysql://x"), std::string::npos);
  const auto nobody = storage::Database::open("postgresql://ada:secret@127.0.0.1:1/orbit", {}, clock, metrics);
  ASSERT_EQ(code(nobody), "database.cannot_open");
  EXPECT_NE(nobody.error().message.find("postgresql://ada@127.0.0.1:1/orbit"), std::string::npos);
  EXPECT_EQ(nobody.error().message.find("secret"), std::string::npos);
  const auto missing = storage::Database::open("sqlite:/proc/no/such/folder.db", {}, clock, metrics);
  ASSERT_EQ(code(missing), "database.cannot_open");
  EXPECT_NE(missing.error().message.find("/proc/no/such/folder.db"), std::string::npos);
}

}  // namespace
}  // namespace orbit::app
