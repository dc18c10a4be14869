#include "cluster/cluster_event_relay.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernel/testing/log_in_memory.hpp"

namespace orbit::cluster {
namespace {

using kernel::DomainEvent;
using kernel::Result;
using kernel::Seq;
using kernel::WorkspaceId;
using realtime::ProjectedEvent;
using realtime::Projection;
using namespace std::chrono_literals;
using Seqs = std::vector<Seq>;

// Says who projected.
struct Projector final : realtime::EventProjector {
  bool broken = false;
  std::size_t projected = 0;
  Result<Projection> project(const DomainEvent&) override {
    if (broken) return kernel::failure(kernel::ErrorKind::unavailable, "database.unavailable", "gone");
    ++projected;
    return ProjectedEvent{"here"};
  }
  Result<std::vector<Projection>> project_all(std::span<const DomainEvent> events) override {
    std::vector<Projection> all;
    for (const DomainEvent& event : events) {
      auto one = project(event);
      if (!one) return std::unexpected(one.error());
      all.push_back(*std::move(one));
    }
    return all;
  }
};

struct Exchange final : EventExchange {
  bool up = true;
  Seqs published;
  std::vector<WorkspaceId> held;
  EventExchangeListener* listener = nullptr;

  void listen(EventExchangeListener& with) override { listener = &with; }
  void publish(const DomainEvent& event, const Projection&) override { published.push_back(event.seq); }
  void hold(WorkspaceId workspace) override { held.push_back(workspace); }
  void release(WorkspaceId workspace) override { std::erase(held, workspace); }
  bool is_up() const override { return up; }
};

class ClusterEventRelayTest : public testing::Test {
 protected:
  ClusterEventRelayTest() {
    log.events[acme];
    bus.subscribe("happened", [this](const DomainEvent& event) {
      seen.push_back(event.seq);
      const auto projection = received.project(event);
      told.push_back(*projection ? (**projection).json : "");
    });
    EXPECT_TRUE(relay.start().has_value());
  }

  void open_tab() {
    EXPECT_TRUE(relay.published_seq(acme).has_value());
    relay.retain(acme);
  }
  DomainEvent commit_elsewhere() {
    auto& events = log.events[acme];
    events.push_back({"happened", acme, {}, clock.now(), events.size() + 1});
    return events.back();
  }
  void hand_over(const DomainEvent& event) { relay.committed(std::span(&event, 1)); }
  DomainEvent commit_here() {
    auto event = commit_elsewhere();
    hand_over(event);
    return event;
  }
  void receive(const DomainEvent& event) { exchange.listener->received(event, ProjectedEvent{"there"}); }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  kernel::MetricsRegistry metrics;
  kernel::FakeUnitOfWork unit_of_work;
  kernel::FakeLog log;
  Seqs seen;
  std::vector<std::string> told;
  std::vector<Seq> lost;
  kernel::EventBus bus{[](const DomainEvent&, std::exception_ptr) {}};
  Projector projector;
  ReceivedProjections received{projector};
  Exchange exchange;
  ClusterEventRelay relay{
      {unit_of_work, log, bus, scheduler, projector, received, exchange, [](kernel::Scheduler::Task task) { task(); },
       [this](WorkspaceId, Seq until) { lost.push_back(until); }, clock},
      {.page = 3, .max_waiting = 4},
      metrics};
  WorkspaceId acme = WorkspaceId::create(clock);
};

TEST_F(ClusterEventRelayTest, BeginsWhereTheLogStandsWhenTheFirstTabComes) {
  commit_elsewhere();
  commit_elsewhere();
  EXPECT_EQ(relay.published_seq(acme), 2U);
  open_tab();
  commit_here();
  scheduler.run_posted();
  EXPECT_EQ(seen, (Seqs{3}));
}

TEST_F(ClusterEventRelayTest, PublishesEventsOfAllNodesInTheOrderOfTheLog) {
  open_tab();
  const auto one = commit_elsewhere();
  commit_here();
  const auto three = commit_elsewhere();
  receive(three);
  scheduler.run_posted();
  EXPECT_EQ(seen, Seqs{});
  receive(one);
  EXPECT_EQ(seen, (Seqs{1, 2, 3}));
  EXPECT_EQ(told, (std::vector<std::string>{"there", "here", "there"}));
}

TEST_F(ClusterEventRelayTest, TellsOthersAtOnceWhatWasCommittedHereThoughItWaitsForItsPlaceItself) {
  open_tab();
  commit_elsewhere();
  commit_here();
  scheduler.run_posted();
  EXPECT_EQ(exchange.published, (Seqs{2}));
  EXPECT_EQ(seen, Seqs{});
}

TEST_F(ClusterEventRelayTest, TellsOthersOfWorkspacesThatHaveNoTabHere) {
  commit_here();
  scheduler.run_posted();
  EXPECT_EQ(exchange.published, (Seqs{1}));
  EXPECT_EQ(seen, Seqs{});
  EXPECT_EQ(exchange.held, std::vector<WorkspaceId>{});
}

TEST_F(ClusterEventRelayTest, ProjectsOnceWhatItCommittedAndNeverWhatItReceived) {
  open_tab();
  commit_here();
  scheduler.run_posted();
  EXPECT_EQ(projector.projected, 1U);
  receive(commit_elsewhere());
  EXPECT_EQ(projector.projected, 1U);
}

TEST_F(ClusterEventRelayTest, ReadsAGapFromTheLogWhenItStays) {
  open_tab();
  commit_elsewhere();
  receive(commit_elsewhere());
  scheduler.advance(29ms);
  EXPECT_EQ(seen, Seqs{});
  scheduler.advance(1ms);
  EXPECT_EQ(seen, (Seqs{1, 2}));
}

TEST_F(ClusterEventRelayTest, PublishesOnceWhatComesTwice) {
  open_tab();
  const auto one = commit_here();
  scheduler.run_posted();
  receive(one);
  hand_over(one);
  scheduler.run_posted();
  EXPECT_EQ(seen, (Seqs{1}));
}

TEST_F(ClusterEventRelayTest, FindsWhatNobodyToldWhenAWorkspaceIsQuietForTwoSeconds) {
  open_tab();
  commit_elsewhere();
  scheduler.advance(1'999ms);
  EXPECT_EQ(seen, Seqs{});
  scheduler.advance(1ms);
  EXPECT_EQ(seen, (Seqs{1}));
}

TEST_F(ClusterEventRelayTest, LooksOftenerWhileTheExchangeIsDown) {
  exchange.up = false;
  open_tab();
  commit_elsewhere();
  scheduler.advance(500ms);
  EXPECT_EQ(seen, (Seqs{1}));
}

TEST_F(ClusterEventRelayTest, LooksSoonWhenSomethingMayHaveBeenMissed) {
  open_tab();
  commit_elsewhere();
  exchange.listener->may_have_missed(acme);
  scheduler.advance(10ms);
  EXPECT_EQ(seen, (Seqs{1}));
  commit_elsewhere();
  exchange.listener->may_have_missed_any();
  scheduler.advance(10ms);
  EXPECT_EQ(seen, (Seqs{1, 2}));
}

TEST_F(ClusterEventRelayTest, AsksTheLogAboutManyThatMayHaveBeenMissedInOneGo) {
  open_tab();
  for (int i = 0; i < 20; ++i) exchange.listener->may_have_missed(acme);
  scheduler.advance(10ms);
  EXPECT_EQ(metrics.counter("orbit_relay_swept_total", "").value(), 1);
}

TEST_F(ClusterEventRelayTest, CatchesUpPageByPageWhenAskedTo) {
  open_tab();
  for (int i = 0; i < 8; ++i) commit_elsewhere();
  EXPECT_EQ(relay.published_seq_caught_up(acme), 8U);
  EXPECT_EQ(seen, (Seqs{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(ClusterEventRelayTest, KeepsNoMoreThanItsLimitOfWhatWaitsAndReadsTheRest) {
  open_tab();
  commit_elsewhere();
  for (int i = 0; i < 9; ++i) receive(commit_elsewhere());
  scheduler.advance(30ms);
  EXPECT_EQ(seen, (Seqs{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
}

TEST_F(ClusterEventRelayTest, TriesAgainWhereTheDatabaseCouldNotBeRead) {
  open_tab();
  unit_of_work.broken = projector.broken = true;
  commit_here();
  scheduler.advance(600ms);
  EXPECT_EQ(seen, Seqs{});
  EXPECT_FALSE(relay.published_seq_caught_up(acme).has_value());
  unit_of_work.broken = projector.broken = false;
  scheduler.advance(250ms);
  EXPECT_EQ(seen, (Seqs{1}));
}

TEST_F(ClusterEventRelayTest, SaysSoWhereTheLogNoLongerHasWhatIsMissing) {
  open_tab();
  for (int i = 0; i < 5; ++i) commit_elsewhere();
  log.events[acme].erase(log.events[acme].begin(), log.events[acme].begin() + 3);
  exchange.listener->may_have_missed(acme);
  scheduler.advance(10ms);
  EXPECT_EQ(lost, (Seqs{3}));
  EXPECT_EQ(seen, (Seqs{4, 5}));
}

TEST_F(ClusterEventRelayTest, HearsOfAWorkspaceWhileItHasTabsAndALittleLonger) {
  open_tab();
  EXPECT_EQ(exchange.held, (std::vector{acme}));
  relay.release(acme);
  scheduler.advance(4'999ms);
  EXPECT_EQ(exchange.held, (std::vector{acme}));
  scheduler.advance(1ms);
  EXPECT_EQ(exchange.held, std::vector<WorkspaceId>{});
}

TEST_F(ClusterEventRelayTest, LetsGoOfAWorkspaceWhoseFirstTabWasTurnedAway) {
  EXPECT_TRUE(relay.published_seq(acme).has_value());
  scheduler.advance(5s);
  EXPECT_EQ(exchange.held, std::vector<WorkspaceId>{});
}

}  // namespace
}  // namespace orbit::cluster
