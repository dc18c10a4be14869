#include "storage/session_pool.hpp"

#include <gtest/gtest.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <atomic>
#include <future>

#include "storage/reopener.hpp"

namespace orbit::storage {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A connection that breaks when the test says so.
class BreakableSession final : public DatabaseSession {
 public:
  BreakableSession() : DatabaseSession(Kind::sqlite, soci::sqlite3, ":memory:") {}
  void begin_read() override {}
  void begin_write() override {}
  void begin_alone() override {}
  void commit() override {}
  bool roll_back() noexcept override { return true; }
  bool is_alive() noexcept override { return !broken; }
  void cut_off() noexcept override { broken = true; }

  std::atomic<bool> broken = false;
};

class SessionPoolTest : public testing::Test {
 protected:
  SessionPool::Open open = [this] {
    ++attempts;
    if (down) throw soci::soci_error("nobody listens");
    auto session = std::make_unique<BreakableSession>();
    opened.push_back(session.get());
    return session;
  };
  SessionPool pool(std::size_t size, milliseconds patience = seconds(10)) {
    return {size,
            open,
            patience,
            {metrics.counter("waits", ""), metrics.counter("timeouts", ""), metrics.histogram("waited", ""),
             metrics.gauge("sessions", ""), metrics.gauge("in_use", "")}};
  }
  Reopener::Metrics reopener_metrics() { return {metrics.gauge("up", ""), metrics.counter("reconnects", "")}; }

  static std::string code(const kernel::Result<SessionPool::Lease>& lease) { return lease ? "" : lease.error().code; }

  template <class Condition>
  static bool eventually(Condition condition) {
    for (int i = 0; i < 5'000 && !condition(); ++i) std::this_thread::sleep_for(milliseconds(1));
    return condition();
  }

  kernel::MetricsRegistry metrics;
  std::vector<BreakableSession*> opened;
  std::atomic<int> attempts = 0;
  std::atomic<bool> down = false;
};

TEST_F(SessionPoolTest, LendsWhatComesFreeToWhoeverWaits) {
  SessionPool sessions = pool(1);
  auto first = std::optional(sessions.lend());
  auto second = std::async(std::launch::async, [&] { return code(sessions.lend()); });
  EXPECT_EQ(second.wait_for(milliseconds(20)), std::future_status::timeout);
  first.reset();
  EXPECT_EQ(second.get(), "");
}

TEST_F(SessionPoolTest, IsBusyWhereNoneComesFree) {
  SessionPool sessions = pool(1, milliseconds(1));
  const auto lease = sessions.lend();
  EXPECT_EQ(code(sessions.lend()), "database.busy");
}

TEST_F(SessionPoolTest, TellsHowLongEachWaitedAndHowManyAreInUse) {
  SessionPool sessions = pool(2, milliseconds(5));
  const auto& waited = metrics.histogram("waited", "");
  const auto& in_use = metrics.gauge("in_use", "");
  auto one = std::optional(sessions.lend());
  const auto other = sessions.lend();
  EXPECT_EQ(waited.count(), 2);
  EXPECT_EQ(waited.sum(), milliseconds(0));
  EXPECT_EQ(in_use.value(), 2);
  EXPECT_EQ(metrics.gauge("sessions", "").value(), 2);
  EXPECT_EQ(code(sessions.lend()), "database.busy");
  EXPECT_EQ(waited.count(), 3);
  EXPECT_GE(waited.sum(), milliseconds(5));
  one.reset();
  EXPECT_EQ(in_use.value(), 1);
}

TEST_F(SessionPoolTest, PassesOverIdleSessionsThatBroke) {
  SessionPool sessions = pool(3);
  int told = 0;
  sessions.on_dropped([&] { ++told; });
  opened[1]->broken = true;
  opened[2]->broken = true;
  const auto lease = sessions.lend();
  ASSERT_EQ(code(lease), "");
  EXPECT_EQ(&lease->session(), opened[0]);
  EXPECT_EQ(sessions.missing(), 2U);
  EXPECT_EQ(told, 1);
}

TEST_F(SessionPoolTest, RefusesAtOnceWhenAllHaveBroken) {
  SessionPool sessions = pool(1);
  auto lease = std::optional(sessions.lend());
  auto waiting = std::async(std::launch::async, [&] { return code(sessions.lend()); });
  while (metrics.counter("waits", "").value() == 0) std::this_thread::yield();
  opened[0]->broken = true;
  lease.reset();
  EXPECT_EQ(waiting.get(), "database.unavailable");
  EXPECT_EQ(code(sessions.lend()), "database.unavailable");
  EXPECT_TRUE(sessions.is_empty());
}

TEST_F(SessionPoolTest, ServesAgainOnceTheDatabaseIsBack) {
  SessionPool writers = pool(1), readers = pool(2);
  const Reopener reopener(open, {&writers, &readers}, reopener_metrics(),
                          {.first_pause = milliseconds(1), .longest_pause = milliseconds(4)});
  EXPECT_EQ(metrics.gauge("up", "").value(), 1);
  down = true;
  for (BreakableSession* session : opened) session->broken = true;
  EXPECT_EQ(code(writers.lend()), "database.unavailable");
  EXPECT_EQ(code(readers.lend()), "database.unavailable");
  const int before = attempts;
  EXPECT_TRUE(eventually([&] { return attempts > before + 2; })) << "it goes on trying";
  EXPECT_EQ(metrics.gauge("up", "").value(), 0);
  EXPECT_EQ(code(writers.lend()), "database.unavailable");
  down = false;
  EXPECT_TRUE(eventually([&] { return writers.missing() + readers.missing() == 0; }));
  EXPECT_TRUE(eventually([&] { return metrics.gauge("up", "").value() == 1; }));
  EXPECT_EQ(metrics.counter("reconnects", "").value(), 3);
  EXPECT_EQ(code(writers.lend()), "");
}

TEST_F(SessionPoolTest, BreaksWhatIsOnLoanForTooLongAndNothingElse) {
  SessionPool writers = pool(2);
  const BreakableSession* idle = opened[0];
  const BreakableSession* lent = opened[1];
  const Reopener reopener(open, {&writers}, reopener_metrics(),
                          {.longest_loan = milliseconds(50), .watch = milliseconds(5)});
  {
    const auto lease = writers.lend();
    EXPECT_TRUE(eventually([&] { return lent->broken.load(); }));
    EXPECT_EQ(&lease->session(), lent);
  }
  EXPECT_FALSE(idle->broken);
  EXPECT_TRUE(eventually([&] { return metrics.counter("reconnects", "").value() == 1; }));
}

TEST_F(SessionPoolTest, ReplacesASingleOneWithoutAnybodyNoticing) {
  SessionPool writers = pool(2);
  const Reopener reopener(open, {&writers}, reopener_metrics(), {});
  opened[1]->broken = true;
  EXPECT_EQ(code(writers.lend()), "");
  EXPECT_TRUE(eventually([&] { return writers.missing() == 0; }));
  EXPECT_EQ(metrics.gauge("up", "").value(), 1);
}

}  // namespace
}  // namespace orbit::storage
