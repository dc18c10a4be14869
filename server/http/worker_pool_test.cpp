#include "http/worker_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <future>
#include <latch>
#include <set>
#include <stdexcept>

namespace orbit::http {
namespace {

class WorkerPoolTest : public testing::Test {
 protected:
  /// Keeps one worker until release() is called; returns once the worker is at it.
  void occupy(WorkerPool& pool) {
    const auto entered = std::make_shared<std::promise<void>>();
    pool.post([this, entered] {
      entered->set_value();
      released_.wait();
    });
    entered->get_future().wait();
  }
  void release() { releasing_.set_value(); }

  /// The sum over all labels.
  std::int64_t metric(std::string_view name) {
    std::int64_t value = 0;
    metrics.visit([&](const auto& entry) {
      if (entry.name == name) value += entry.metric.value();
    });
    return value;
  }

  WorkerPoolOptions options(std::size_t threads, std::size_t max_queued = 100) const {
    return {.threads = threads, .max_queued = max_queued};
  }

  void jam(WorkerPool& pool, std::chrono::milliseconds for_so_long) {
    occupy(pool);
    offer(pool, Lane::command, "first");
    clock.advance(for_so_long);
  }

  /// Its outcome is noted, and can be waited for.
  void offer(WorkerPool& pool, Lane lane, const std::string& name) {
    pool.offer(lane, [this, name] { note("ran " + name); }, [this, name] { note("refused " + name); });
  }

  void note(const std::string& what) {
    {
      const std::lock_guard lock(mutex_);
      notes_.push_back(what);
    }
    noted_.notify_all();
  }
  std::vector<std::string> notes(std::size_t count) {
    std::unique_lock lock(mutex_);
    noted_.wait_for(lock, std::chrono::seconds(5), [&] { return notes_.size() >= count; });
    return notes_;
  }

  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;

 private:
  std::mutex mutex_;  // protects notes_
  std::condition_variable noted_;
  std::vector<std::string> notes_;
  std::promise<void> releasing_;
  std::shared_future<void> released_ = releasing_.get_future().share();
};

TEST_F(WorkerPoolTest, RunsTasksInTheOrderTheyCame) {
  WorkerPool pool(options(1, 100), clock, metrics);
  std::vector<int> ran;
  for (int i = 0; i < 100; ++i) pool.post([&ran, i] { ran.push_back(i); });
  pool.stop();
  ASSERT_EQ(ran.size(), 100U);
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

TEST_F(WorkerPoolTest, RunsAsManyTasksAtOnceAsItHasThreads) {
  WorkerPool pool(options(3, 10), clock, metrics);
  std::latch all_here(3);
  std::mutex mutex;  // protects threads
  std::set<std::thread::id> threads;
  for (int i = 0; i < 3; ++i) {
    pool.post([&] {
      {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      }
      all_here.arrive_and_wait();
    });
  }
  pool.stop();
  EXPECT_EQ(threads.size(), 3U);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST_F(WorkerPoolTest, RefusesWhatItsQueueHasNoRoomFor) {
  WorkerPool pool(options(1, 2), clock, metrics);
  occupy(pool);
  for (const char* name : {"a", "b", "c"}) offer(pool, Lane::command, name);
  EXPECT_EQ(notes(1), std::vector<std::string>{"refused c"});
  offer(pool, Lane::join, "of another lane");
  EXPECT_EQ(metric("orbit_workers_queued"), 3);
  EXPECT_EQ(metric("orbit_workers_refused_total"), 1);
  release();
  pool.stop();
  EXPECT_EQ(notes(4).size(), 4U);
  EXPECT_EQ(metric("orbit_workers_queued"), 0);
}

TEST_F(WorkerPoolTest, RefusesWhatHasWaitedTooLongWhileAllWorkersAreBusy) {
  WorkerPool pool(options(1), clock, metrics);
  jam(pool, std::chrono::milliseconds(999));
  offer(pool, Lane::command, "second");
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(notes(1), std::vector<std::string>{"refused first"});
  EXPECT_EQ(metric("orbit_workers_overdue_total"), 1);
  EXPECT_EQ(metric("orbit_workers_queued"), 1);
  release();
  EXPECT_EQ(notes(2).back(), "ran second");
}

TEST_F(WorkerPoolTest, IsLessPatientWithCommandsOnceTheyHaveWaitedForLongWithoutAPause) {
  WorkerPool pool(options(1), clock, metrics);
  jam(pool, std::chrono::milliseconds(1'000));
  ASSERT_EQ(notes(1), std::vector<std::string>{"refused first"});
  offer(pool, Lane::command, "second");
  offer(pool, Lane::join, "a join");
  clock.advance(std::chrono::milliseconds(100));
  EXPECT_EQ(notes(2).back(), "refused second");
  release();
  EXPECT_EQ(notes(3).back(), "ran a join");
}

TEST_F(WorkerPoolTest, IsPatientAgainOnceNobodyWaits) {
  std::promise<void> again;
  WorkerPool pool(options(1), clock, metrics);
  jam(pool, std::chrono::milliseconds(1'000));
  ASSERT_EQ(notes(1).size(), 1U);
  offer(pool, Lane::command, "second");
  release();
  ASSERT_EQ(notes(2).back(), "ran second");
  pool.post([&] { again.get_future().wait(); });
  offer(pool, Lane::command, "third");
  clock.advance(std::chrono::milliseconds(500));
  again.set_value();
  EXPECT_EQ(notes(3).back(), "ran third");
}

TEST_F(WorkerPoolTest, LetsLanesTakeTurns) {
  WorkerPool pool(options(1), clock, metrics);
  occupy(pool);
  for (const char* name : {"join 1", "join 2", "join 3"}) offer(pool, Lane::join, name);
  offer(pool, Lane::command, "command");
  release();
  const auto ran = notes(4);
  const auto place = std::ranges::find(ran, "ran command") - ran.begin();
  EXPECT_LE(place, 1) << "it waited for the whole queue of another lane";
}

TEST_F(WorkerPoolTest, KeepsWorkersFreeOfSignIns) {
  WorkerPool pool(options(4), clock, metrics);
  std::promise<void> go_on;
  const auto wait = go_on.get_future().share();
  std::latch both_here(2);
  for (int i = 0; i < 5; ++i) {
    pool.offer(
        Lane::sign_in,
        [&, i] {
          if (i < 2) both_here.count_down();
          wait.wait();
          note("sign-in");
        },
        [] {});
  }
  both_here.wait();
  offer(pool, Lane::command, "command");
  EXPECT_EQ(notes(1), std::vector<std::string>{"ran command"});
  go_on.set_value();
  EXPECT_EQ(notes(6).size(), 6U);
}

TEST_F(WorkerPoolTest, CountsHowLongTasksWaited) {
  WorkerPool pool(options(1), clock, metrics);
  jam(pool, std::chrono::milliseconds(30));
  release();
  ASSERT_EQ(notes(1), std::vector<std::string>{"ran first"});
  const auto& wait = metrics.histogram("orbit_workers_wait_seconds", "");
  EXPECT_EQ(wait.sum(), std::chrono::milliseconds(30));
  EXPECT_EQ(wait.count(), 2);
}

TEST_F(WorkerPoolTest, QueuesUpkeepPastTheBoundsOfLengthAndTime) {
  std::promise<void> ran;
  WorkerPool pool(options(1, 0), clock, metrics);
  offer(pool, Lane::command, "a");
  EXPECT_EQ(notes(1), std::vector<std::string>{"refused a"});
  occupy(pool);
  pool.post([&] { ran.set_value(); });
  clock.advance(std::chrono::hours(1));
  release();
  ran.get_future().wait();
}

TEST_F(WorkerPoolTest, FinishesWhatIsQueuedWhenItStopsAndTakesNoMore) {
  WorkerPool pool(options(3), clock, metrics);
  for (int i = 0; i < 50; ++i) {
    for (const Lane lane : {Lane::command, Lane::join, Lane::sign_in}) offer(pool, lane, "in time");
  }
  pool.stop();
  EXPECT_EQ(std::ranges::count(notes(150), "ran in time"), 150);
  offer(pool, Lane::command, "late");
  EXPECT_EQ(notes(151).back(), "refused late");
  pool.post([&] { note("upkeep"); });
  pool.stop();
  EXPECT_EQ(notes(151).size(), 151U);
}

TEST_F(WorkerPoolTest, OutlivesATaskThatThrows) {
  WorkerPool pool(options(1), clock, metrics);
  pool.post([] { throw std::runtime_error("a fault"); });
  offer(pool, Lane::command, "the next");
  pool.stop();
  EXPECT_EQ(notes(1), std::vector<std::string>{"ran the next"});
  EXPECT_EQ(metric("orbit_workers_failed_total"), 1);
}

TEST_F(WorkerPoolTest, DropsATaskOnceItHasRun) {
  WorkerPool pool(options(1, 10), clock, metrics);
  const auto held = std::make_shared<int>();
  pool.post([held] {});
  occupy(pool);
  EXPECT_EQ(held.use_count(), 1);
  release();
}

}  // namespace
}  // namespace orbit::http
