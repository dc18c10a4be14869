#include "realtime/event_relay.hpp"

#include <gtest/gtest.h>

#include <map>

#include "kernel/testing/log_in_memory.hpp"

namespace orbit::realtime {
namespace {

using kernel::DomainEvent;
using kernel::FakeLog;
using kernel::FakeUnitOfWork;
using kernel::Seq;
using kernel::WorkspaceId;

class EventRelayTest : public testing::Test {
 protected:
  EventRelayTest() {
    bus.subscribe("happened", [this](const DomainEvent& event) { seen[event.workspace_id].push_back(event.seq); });
  }

  DomainEvent commit(WorkspaceId workspace) {
    auto& events = log.events[workspace];
    events.push_back({"happened", workspace, {}, clock.now(), events.size() + 1});
    return events.back();
  }
  void hand_over(const DomainEvent& event) { relay.committed(std::span(&event, 1)); }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  kernel::MetricsRegistry metrics;
  FakeUnitOfWork unit_of_work;
  FakeLog log;
  std::map<WorkspaceId, std::vector<Seq>> seen;
  kernel::EventBus bus{[](const DomainEvent&, std::exception_ptr) {}};
  EventRelay relay{unit_of_work, log, bus, scheduler, [](kernel::Scheduler::Task task) { task(); }, clock, metrics};
  WorkspaceId acme = WorkspaceId::create(clock), globex = WorkspaceId::create(clock);
};

using Seqs = std::vector<Seq>;

TEST_F(EventRelayTest, PublishesInSeqOrderThoughCommitsAreHandedOverOutOfOrder) {
  const auto one = commit(acme), two = commit(acme), three = commit(acme);
  hand_over(three);
  hand_over(one);
  hand_over(two);
  scheduler.run_posted();
  EXPECT_EQ(seen[acme], (Seqs{1, 2, 3}));
}

TEST_F(EventRelayTest, ReadsFromTheLogWhatNobodyHandedOver) {
  commit(acme);
  commit(acme);
  hand_over(commit(acme));
  scheduler.run_posted();
  EXPECT_EQ(seen[acme], (Seqs{1, 2, 3}));
}

TEST_F(EventRelayTest, KeepsWorkspacesApart) {
  hand_over(commit(acme));
  hand_over(commit(globex));
  hand_over(commit(acme));
  scheduler.run_posted();
  EXPECT_EQ(seen[acme], (Seqs{1, 2}));
  EXPECT_EQ(seen[globex], (Seqs{1}));
}

TEST_F(EventRelayTest, ResumesFromTheLogAfterACrash) {
  for (int i = 0; i < 1200; ++i) commit(acme);
  log.published[acme] = 3;
  ASSERT_TRUE(relay.start().has_value());
  ASSERT_EQ(seen[acme].size(), 1197U);
  EXPECT_EQ(seen[acme].front(), 4U);
  EXPECT_EQ(log.published[acme], 1200U);
}

TEST_F(EventRelayTest, NotesWhatWasPublishedOnceForMany) {
  for (int i = 0; i < 10; ++i) hand_over(commit(acme));
  scheduler.run_posted();
  EXPECT_EQ(log.published[acme], 0U);
  scheduler.advance(EventRelay::note_interval);
  EXPECT_EQ(log.published[acme], 10U);
  EXPECT_EQ(scheduler.pending_timers(), 0U);
}

TEST_F(EventRelayTest, LosesNothingAndKeepsTheOrderWhileTheLogCannotBeRead) {
  unit_of_work.broken = true;
  hand_over(commit(acme));
  scheduler.run_posted();
  hand_over(commit(acme));
  scheduler.advance(EventRelay::retry_interval);
  EXPECT_TRUE(seen[acme].empty());
  unit_of_work.broken = false;
  hand_over(commit(acme));
  scheduler.advance(EventRelay::retry_interval);
  EXPECT_EQ(seen[acme], (Seqs{1, 2, 3}));
}

TEST_F(EventRelayTest, AFailedNoteIsMadeLater) {
  hand_over(commit(acme));
  scheduler.run_posted();
  unit_of_work.broken = true;
  scheduler.advance(EventRelay::note_interval);
  unit_of_work.broken = false;
  scheduler.advance(EventRelay::note_interval);
  EXPECT_EQ(log.published[acme], 1U);
}

TEST_F(EventRelayTest, TellsWhereTheStreamStands) {
  log.published[acme] = 7;
  EXPECT_EQ(relay.published_seq(acme), Seq{7});
}

}  // namespace
}  // namespace orbit::realtime
