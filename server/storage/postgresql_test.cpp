// What is PostgreSQL's own: what becomes of its errors, of broken connections, of the days of the log.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "storage/migrations.hpp"
#include "storage/soci_context.hpp"
#include "storage/sql.hpp"
#include "storage/testing/test_database.hpp"

namespace orbit::storage {
namespace {

using kernel::Result;
using kernel::WorkspaceId;
using kernel::WriteContext;
using std::chrono::hours;
using std::chrono::milliseconds;

class PostgresqlTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!TestDatabase::is_postgresql()) GTEST_SKIP() << "it is about the other database";
    test_database.emplace();
    database = open("");
  }
  void TearDown() override {
    database.reset();
    test_database.reset();
  }

  std::unique_ptr<Database> open(const std::string& parameters, const DatabaseOptions& options = {}) {
    return *Database::open(test_database->url() + parameters, options, clock, metrics);
  }

  template <class Work>
  static std::string run(Database& database, Work work) {
    const auto done = database.unit_of_work().run([&](WriteContext& context) -> Result<> {
      work(context);
      return {};
    });
    return done ? "" : done.error().code;
  }
  static std::string run_sql(Database& database, const std::string& sql) {
    return run(database, [&](WriteContext& context) { execute(session_of(context), sql); });
  }

  std::string emit(WorkspaceId workspace) {
    return run(*database, [&](WriteContext& context) {
      context.lock(workspace);
      context.emit(kernel::DomainEvent{"happened", workspace, {}, clock.now()});
    });
  }
  template <class Query>
  auto read(Query query) {
    using Answer = std::invoke_result_t<Query&, const kernel::ReadContext&>;
    return *database->unit_of_work().read([&](const auto& context) -> Result<Answer> { return query(context); });
  }
  kernel::Seq trimmed(WorkspaceId workspace) {
    return read([&](const auto& context) { return database->event_log().trimmed_seq(context, workspace); });
  }
  bool drop_day(milliseconds keep_for) {
    bool dropped = false;
    EXPECT_EQ(
        run(*database,
            [&](WriteContext& context) { dropped = database->log_trimming().drop_expired_day(context, keep_for); }),
        "");
    return dropped;
  }

  std::optional<TestDatabase> test_database;
  kernel::SystemClock clock;
  kernel::MetricsRegistry metrics;
  std::unique_ptr<Database> database;
};

TEST_F(PostgresqlTest, AStatementThatTakesTooLongChangesNothing) {
  const auto impatient = open("&statement_timeout=100ms");
  EXPECT_EQ(run(*impatient,
                [&](WriteContext& context) {
                  execute(session_of(context), "INSERT INTO meta (name, content) VALUES ('a', 'b')");
                  execute(session_of(context), "SELECT pg_sleep(10)");
                }),
            "database.too_slow");
  EXPECT_EQ(test_database->run("SELECT count(*) FROM meta WHERE name = 'a'"), "0");
  EXPECT_EQ(run_sql(*impatient, "INSERT INTO meta (name, content) VALUES ('a', 'b')"), "") << "the session is usable";
}

TEST_F(PostgresqlTest, WhoeverWaitsTooLongForALockIsToldToTryAgain) {
  const auto workspace = WorkspaceId::create(clock);
  ASSERT_EQ(emit(workspace), "");
  const auto other = open("", {.patience = milliseconds(50)});
  EXPECT_EQ(run(*database,
                [&](WriteContext& context) {
                  context.lock(workspace);
                  std::thread([&] {
                    EXPECT_EQ(run(*other, [&](WriteContext& late) { late.lock(workspace); }), "database.busy");
                    EXPECT_EQ(run(*other, [&](WriteContext& late) { late.lock(WorkspaceId::create(clock)); }), "");
                  }).join();
                }),
            "");
}

TEST_F(PostgresqlTest, OfTwoThatWaitForEachOtherOneIsToldToTryAgain) {
  std::promise<void> first_holds, second_holds;
  auto outcome = std::async(std::launch::async, [&] {
    return run(*database, [&](WriteContext& context) {
      execute(session_of(context), "INSERT INTO meta (name, content) VALUES ('b', '')");
      second_holds.set_value();
      first_holds.get_future().wait();
      execute(session_of(context), "INSERT INTO meta (name, content) VALUES ('a', '') ON CONFLICT DO NOTHING");
    });
  });
  const std::string other = run(*database, [&](WriteContext& context) {
    execute(session_of(context), "INSERT INTO meta (name, content) VALUES ('a', '')");
    first_holds.set_value();
    second_holds.get_future().wait();
    execute(session_of(context), "INSERT INTO meta (name, content) VALUES ('b', '') ON CONFLICT DO NOTHING");
  });
  EXPECT_EQ((std::set{outcome.get(), other}), (std::set<std::string>{"", "database.busy"}));
}

TEST_F(PostgresqlTest, BrokenConstraintsAreConflicts) {
  EXPECT_EQ(run_sql(*database, "INSERT INTO meta (name, content) VALUES ('epoch', '')"), "database.conflict");
  EXPECT_EQ(run_sql(*database, "INSERT INTO teams (id, workspace_id, name, created_at) VALUES ('t', 'none', 'T', 0)"),
            "database.conflict");
}

TEST_F(PostgresqlTest, WorkIsRunAgainWhereSomebodyWasQuickerToTakeAName) {
  int runs = 0;
  EXPECT_EQ(run(*database,
                [&](WriteContext& context) {
                  if (++runs > 1) return;
                  execute(session_of(context), "INSERT INTO meta (name, content) VALUES ('epoch', '')");
                }),
            "");
  EXPECT_EQ(runs, 2);
}

TEST_F(PostgresqlTest, ABrokenConnectionFailsItsTransactionAndNoOther) {
  EXPECT_EQ(run_sql(*database, "SELECT pg_terminate_backend(pg_backend_pid())"), "database.unavailable");
  EXPECT_EQ(run_sql(*database, "INSERT INTO meta (name, content) VALUES ('a', 'b')"), "");
}

TEST_F(PostgresqlTest, SessionsThatBrokeWhileTheyWereIdleAreNotLent) {
  const std::string ours = " FROM pg_stat_activity WHERE application_name = 'orbit' AND datname = current_database()";
  test_database->run("SELECT pg_terminate_backend(pid) FROM (SELECT pid" + ours + " LIMIT 3) chosen");
  while (test_database->run("SELECT count(*)" + ours) != "5") std::this_thread::yield();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(run_sql(*database, "SELECT 1"), "");
}

TEST_F(PostgresqlTest, WhatIsLostDuringTheCommitMayOrMayNotHaveBeenDone) {
  // A deferred trigger ends the connection from within the commit.
  test_database->run(
      "CREATE FUNCTION hang_up() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';"
      "CREATE CONSTRAINT TRIGGER hang_up AFTER INSERT ON meta DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE "
      "FUNCTION hang_up()");
  EXPECT_EQ(run_sql(*database, "INSERT INTO meta (name, content) VALUES ('a', 'b')"), "database.outcome_unknown");
}

TEST_F(PostgresqlTest, NothingIsLeftToPublishOnceItIsCommitted) {
  const auto workspace = WorkspaceId::create(clock);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(emit(workspace), "");
  EXPECT_EQ(read([&](const auto& context) { return database->event_log().published_seq(context, workspace); }), 3U);
  EXPECT_TRUE(
      read([&](const auto& context) { return database->event_log().unpublished_workspaces(context, 9); }).empty());
}

TEST_F(PostgresqlTest, ADayOfTheLogGoesAtOnceAndALogThatIsGoneStillSaysWhereItStands) {
  const auto old = WorkspaceId::create(clock), busy = WorkspaceId::create(clock);
  for (const auto workspace : {old, busy}) ASSERT_EQ(emit(workspace), "");
  test_database->run("INSERT INTO workspaces VALUES ('" + old.str() + "', 'old', 'Old', 'nobody', 0)");
  test_database->age_log(3);
  ASSERT_EQ(emit(busy), "");
  EXPECT_FALSE(drop_day(hours(24 * 4)));
  EXPECT_TRUE(drop_day(hours(24)));
  EXPECT_FALSE(drop_day(hours(24)));
  EXPECT_EQ(trimmed(old), 1U) << "its place in the stream is kept";
  EXPECT_EQ(trimmed(busy), 1U);
  EXPECT_EQ(test_database->run("SELECT count(*) FROM event_log"), "1");
}

TEST_F(PostgresqlTest, TheStreamOfAWorkspaceThatIsGoneGoesWithItsLastDay) {
  ASSERT_EQ(emit(WorkspaceId::create(clock)), "");
  test_database->age_log(3);
  EXPECT_TRUE(drop_day(hours(24)));
  EXPECT_EQ(test_database->run("SELECT count(*) FROM streams"), "0");
}

TEST_F(PostgresqlTest, AWorkspacesDaysNeverGoBackwards) {
  const auto workspace = WorkspaceId::create(clock);
  ASSERT_EQ(emit(workspace), "");
  test_database->run("UPDATE streams SET log_day = log_day + 2");  // as if the server's clock had been ahead
  ASSERT_EQ(emit(workspace), "");
  EXPECT_EQ(test_database->run("SELECT (SELECT max(log_day) FROM event_log) = (SELECT log_day FROM streams)"), "t");
}

TEST_F(PostgresqlTest, TheDaysToComeAreMadeBeforeTheyAreNeeded) {
  test_database->run(
      "DO $$ DECLARE part TEXT; BEGIN FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = "
      "'event_log'::regclass LOOP EXECUTE 'DROP TABLE ' || part; END LOOP; END $$");
  EXPECT_NE(emit(WorkspaceId::create(clock)), "");
  EXPECT_FALSE(drop_day(hours(24)));
  EXPECT_EQ(emit(WorkspaceId::create(clock)), "");
  EXPECT_EQ(test_database->run("SELECT count(*) FROM pg_inherits WHERE inhparent = 'event_log'::regclass"), "8");
}

TEST_F(PostgresqlTest, ADayIsNotDroppedAtTheCostOfThoseWhoRead) {
  ASSERT_EQ(emit(WorkspaceId::create(clock)), "");
  test_database->age_log(3);
  std::promise<void> done;
  auto reader = std::async(std::launch::async, [&] {
    return read([&](const auto& context) {
      static_cast<void>(database->event_log().events_after(context, {}, 0, 1));
      done.get_future().wait();
      return true;
    });
  });
  while (test_database->run("SELECT count(*) FROM pg_locks WHERE relation = 'event_log'::regclass") == "0") {
    std::this_thread::yield();
  }
  EXPECT_EQ(run(*database,
                [&](WriteContext& context) {
                  static_cast<void>(database->log_trimming().drop_expired_day(context, hours(24)));
                }),
            "database.busy");
  done.set_value();
  EXPECT_TRUE(reader.get());
  EXPECT_TRUE(drop_day(hours(24)));
}

TEST_F(PostgresqlTest, NodesThatStartAtOnceMigrateOnce) {
  test_database->run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  std::vector<std::future<std::size_t>> nodes;
  for (int i = 0; i < 4; ++i) {
    nodes.push_back(std::async(std::launch::async, [&] { return open("")->migrate()->size(); }));
  }
  std::size_t applied = 0;
  for (auto& node : nodes) applied += node.get();
  EXPECT_EQ(applied, built_in_migrations(DatabaseSession::Kind::postgresql).size());
}

TEST_F(PostgresqlTest, DurabilityIsTheServersToChoose) {
  const auto refused = Database::open(test_database->url(), {.durability = Durability::normal}, clock, metrics);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "database.durability");
}

TEST_F(PostgresqlTest, NothingOutlastsATransactionBehindPgBouncer) {
  const auto plain = open("&pgbouncer=true");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(run(*plain,
                  [&](WriteContext& context) {
                    const auto names =
                        select<std::string>(session_of(context), "SELECT name FROM pg_prepared_statements");
                    EXPECT_TRUE(names.empty());
                  }),
              "");
  }
}

}  // namespace
}  // namespace orbit::storage
