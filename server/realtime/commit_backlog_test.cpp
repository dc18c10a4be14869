#include "realtime/commit_backlog.hpp"

#include <gtest/gtest.h>

namespace orbit::realtime {
namespace {

using kernel::DomainEvent;
using kernel::Seq;
using kernel::WorkspaceId;
using std::chrono::milliseconds;

class CommitBacklogTest : public testing::Test {
 protected:
  std::vector<DomainEvent> commit(WorkspaceId workspace, Seq seq) {
    const DomainEvent event{"happened", workspace, {}, clock.now(), seq};
    return backlog.committed(std::span(&event, 1));
  }
  std::int64_t waiting() { return metrics.gauge("orbit_relay_waiting_events", "").value(); }
  kernel::SteadyTime oldest() {
    return kernel::SteadyTime{std::chrono::nanoseconds(metrics.age("orbit_relay_oldest_waiting_seconds", "").value())};
  }

  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  CommitBacklog backlog{clock, metrics};
  WorkspaceId acme = WorkspaceId::create(clock), globex = WorkspaceId::create(clock);
};

TEST_F(CommitBacklogTest, StampsEventsWithWhenTheyWereCommitted) {
  clock.advance(milliseconds(5));
  EXPECT_EQ(commit(acme, 1).at(0).committed_at, clock.steady_now());
}

TEST_F(CommitBacklogTest, TellsSinceWhenTheOldestOfAllWorkspacesWaits) {
  commit(acme, 1);
  const auto first = clock.steady_now();
  clock.advance(milliseconds(5));
  commit(globex, 1);
  const auto second = clock.steady_now();
  commit(acme, 2);
  EXPECT_EQ(waiting(), 3);
  EXPECT_EQ(oldest(), first);
  backlog.published(acme, 1);
  EXPECT_EQ(waiting(), 2);
  EXPECT_EQ(oldest(), second);
}

TEST_F(CommitBacklogTest, WhatIsPublishedCoversAllBeforeIt) {
  commit(acme, 1);
  commit(acme, 3);
  commit(acme, 4);
  backlog.published(acme, 3);
  EXPECT_EQ(waiting(), 1);
  backlog.forget(acme);
  EXPECT_EQ(waiting(), 0);
  EXPECT_EQ(oldest(), kernel::SteadyTime{});
}

}  // namespace
}  // namespace orbit::realtime
