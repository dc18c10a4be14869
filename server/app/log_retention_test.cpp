// How the log is trimmed, over the real one.
#include "realtime/log_retention.hpp"

#include "app/realtime_harness.hpp"

namespace orbit::app {
namespace {

using kernel::ReadContext;
using kernel::Seq;
using realtime::RetentionOptions;
using std::chrono::hours;

class LogRetentionTest : public RealtimeHarness {
 protected:
  void trim(const RetentionOptions& options) {
    realtime::LogRetention retention(
        domain->unit_of_work, database->log_trimming(), scheduler, clock, [](kernel::Scheduler::Task task) { task(); },
        options, metrics);
    retention.start();
    scheduler.run_posted();
  }

  // Day by day: that is how the log is kept on PostgreSQL.
  void sleep_a_day() {
    clock.advance(hours{25});
    if (database->is_shared()) test_database.age_log(2);
  }

  void add_teams(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_EQ(code(domain->teams.create(ada, "acme", "Team " + std::to_string(teams_++))), "");
    }
  }
  void publish_all() {
    scheduler.run_posted();
    relay.stop();
  }

  std::vector<Seq> kept() {
    std::vector<Seq> seqs;
    for (const auto& event : read([&](const ReadContext& context) {
           return database->event_log().events_after(context, acme, 0, 10'000);
         })) {
      seqs.push_back(event.seq);
    }
    return seqs;
  }
  Seq head() {
    return read([&](const ReadContext& context) { return database->event_log().head(context, acme); });
  }
  Seq trimmed() {
    return read([&](const ReadContext& context) { return database->event_log().trimmed_seq(context, acme); });
  }

 private:
  int teams_ = 0;
};

TEST_F(LogRetentionTest, KeepsTheNewestAndNoMore) {
  add_teams(9);
  publish_all();
  EXPECT_EQ(trimmed(), 0U);
  trim({.keep_events = 3});
  EXPECT_EQ(kept(), (std::vector<Seq>{head() - 2, head() - 1, head()}));
  EXPECT_EQ(trimmed(), head() - 3);
}

TEST_F(LogRetentionTest, LetsGoOfWhatIsOldHoweverFewThatLeaves) {
  add_teams(3);
  sleep_a_day();
  add_teams(2);
  publish_all();
  trim({.keep_for = hours{24}});
  EXPECT_EQ(kept(), (std::vector<Seq>{head() - 1, head()}));
  sleep_a_day();
  trim({.keep_for = hours{24}});
  EXPECT_EQ(kept(), std::vector<Seq>{});
  EXPECT_EQ(trimmed(), head()) << "an empty log still says where it stands";
}

TEST_F(LogRetentionTest, NeverTrimsWhatTheRelayHasNotPublished) {
  if (database->is_shared()) GTEST_SKIP() << "what is committed counts as published";
  const Seq before = head();
  publish_all();
  add_teams(4);  // committed, not yet published
  trim({.keep_events = 1});
  EXPECT_EQ(kept().size(), head() - before);
  EXPECT_EQ(trimmed(), before);
}

TEST_F(LogRetentionTest, TrimsInSmallStepsUntilItIsDone) {
  add_teams(40);
  publish_all();
  trim({.keep_events = 2, .batch = 3, .batches_of_a_step = 2});
  EXPECT_EQ(kept().size(), 2U);
}

TEST_F(LogRetentionTest, GoesThroughEveryWorkspace) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(code(domain->workspaces.create(grace, "other-" + std::to_string(i), "Other")), "");
  }
  publish_all();
  sleep_a_day();
  trim({.keep_for = hours{24}, .workspaces_of_a_step = 2});
  EXPECT_EQ(read([&](const ReadContext& context) {
              return database->log_trimming().workspaces_after(context, {}, 100).size();
            }),
            6U)
      << "a workspace keeps its place in the stream";
  EXPECT_EQ(kept(), std::vector<Seq>{});
}

TEST_F(LogRetentionTest, ForgetsTheStreamOfAWorkspaceThatIsGone) {
  ASSERT_EQ(code(domain->workspaces.remove(ada, "acme")), "");
  publish_all();
  sleep_a_day();
  trim({.keep_for = hours{24}});
  EXPECT_EQ(read([&](const ReadContext& context) {
              return database->log_trimming().workspaces_after(context, {}, 100).size();
            }),
            0U);
}

TEST_F(LogRetentionTest, ATabWhoseCursorIsOlderThanTheLogHydrates) {
  const Seq cursor = head();
  add_teams(5);
  publish_all();
  trim({.keep_events = 3});
  const auto told = [&](Seq seq) { return take(open(ada, realtime::StreamCursor{epoch(), seq})); };
  EXPECT_EQ(told(cursor + 1), (Types{"hello", "resync"}));
  EXPECT_EQ(told(cursor + 2), (Types{"hello", "team.created", "team.created", "team.created"}));
}

}  // namespace
}  // namespace orbit::app
