#include "realtime/session_sweep.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "kernel/testing/log_in_memory.hpp"
#include "realtime/recording_shard.hpp"

namespace orbit::realtime {
namespace {

using kernel::SessionId;
using namespace std::chrono_literals;
using Received = std::vector<std::string>;

struct Sessions final : identity::SessionResolver {
  std::set<SessionId> live;
  kernel::Result<identity::ResolvedSession> resolve(std::string_view) override {
    return kernel::failure(kernel::ErrorKind::unauthenticated, "session.required", "Sign in first.");
  }
  bool is_live(const kernel::ReadContext&, SessionId session) override { return live.contains(session); }
  std::vector<identity::LiveSession> live_of(const kernel::ReadContext& context,
                                             std::span<const SessionId> asked) override {
    ++looks;
    auto found = SessionResolver::live_of(context, asked);
    std::erase_if(found, [&](auto& session) {
      if (const auto end = ends.find(session.id); end != ends.end()) session.ends_at = end->second;
      return session.ends_at <= clock.now();
    });
    return found;
  }

  explicit Sessions(const kernel::Clock& with_clock) : clock(with_clock) {}

  const kernel::Clock& clock;
  std::map<SessionId, kernel::Timestamp> ends;
  int looks = 0;
};

class SessionSweepTest : public testing::Test {
 protected:
  SessionSweepTest() { sweep.start(); }

  SessionId open_tab(std::uint32_t number) {
    const auto session = SessionId::create(clock);
    sessions.live.insert(session);
    hub.register_socket(
        {number,
         {kernel::WorkspaceId::create(clock), kernel::MemberId::create(clock), kernel::UserId::create(clock), session},
         &shard,
         {number, 1}});
    return session;
  }

  kernel::ManualClock clock;
  kernel::ManualScheduler scheduler{clock};
  kernel::MetricsRegistry metrics;
  kernel::FakeUnitOfWork unit_of_work;
  Sessions sessions{clock};
  RecordingShard shard;
  InProcessRealtimeHub hub{metrics};
  std::chrono::milliseconds interval = 5s;
  SessionSweep sweep{hub,
                     unit_of_work,
                     sessions,
                     scheduler,
                     clock,
                     [](kernel::Scheduler::Task task) { task(); },
                     [this] { return interval; },
                     metrics};
};

TEST_F(SessionSweepTest, ClosesSocketsOfSessionsThatEndedUnsaid) {
  const auto ended = open_tab(1);
  open_tab(2);
  sessions.live.erase(ended);
  scheduler.advance(4'999ms);
  EXPECT_EQ(shard.received(1), Received{});
  scheduler.advance(1ms);
  EXPECT_EQ(shard.received(1), Received{"close 4401"});
  EXPECT_EQ(shard.received(2), Received{});
}

TEST_F(SessionSweepTest, ClosesSocketsTheMomentThatTheirSessionsTimeIsOver) {
  const auto session = open_tab(1);
  sessions.ends[session] = clock.now() + 7s;
  scheduler.advance(6'999ms);
  EXPECT_EQ(shard.received(1), Received{});
  scheduler.advance(1ms);
  EXPECT_EQ(shard.received(1), Received{"close 4401"});
}

TEST_F(SessionSweepTest, DoesNotLookTheMoreTheMoreSessionsEnd) {
  for (std::uint32_t i = 0; i < 1'000; ++i)
    sessions.ends[open_tab(i)] = clock.now() + 5s + std::chrono::milliseconds(i);
  scheduler.advance(6s);
  EXPECT_EQ(hub.socket_count(), 0U);
  EXPECT_LE(sessions.looks, 2 * 12) << "a page or two each tenth of a second";
}

TEST_F(SessionSweepTest, LooksAtMoreThanAPageOfSessions) {
  std::vector<SessionId> ended;
  for (std::uint32_t i = 0; i < 2 * SessionSweep::page + 1; ++i) ended.push_back(open_tab(i));
  sessions.live.clear();
  scheduler.advance(5s);
  EXPECT_EQ(hub.socket_count(), 0U);
}

TEST_F(SessionSweepTest, ClosesNobodyWhileTheDatabaseCantBeReadAndLooksAgain) {
  sessions.live.erase(open_tab(1));
  unit_of_work.broken = true;
  scheduler.advance(5s);
  EXPECT_EQ(shard.received(1), Received{});
  unit_of_work.broken = false;
  scheduler.advance(5s);
  EXPECT_EQ(shard.received(1), Received{"close 4401"});
}

TEST_F(SessionSweepTest, LooksAsOftenAsItIsToldTo) {
  interval = 500ms;
  scheduler.advance(5s);  // as it was told before
  sessions.live.erase(open_tab(1));
  scheduler.advance(500ms);
  EXPECT_EQ(shard.received(1), Received{"close 4401"});
}

}  // namespace
}  // namespace orbit::realtime
