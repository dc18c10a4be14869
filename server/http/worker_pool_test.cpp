#include "http/worker_pool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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

  std::int64_t metric(std::string_view name) {
    std::int64_t value = -1;
    metrics.visit([&](const auto& entry) {
      if (entry.name == name) value = entry.metric.value();
    });
    return value;
  }

  kernel::MetricsRegistry metrics;

 private:
  std::promise<void> releasing_;
  std::shared_future<void> released_ = releasing_.get_future().share();
};

TEST_F(WorkerPoolTest, RunsTasksInTheOrderTheyCame) {
  WorkerPool pool(1, 100, metrics);
  std::vector<int> ran;
  for (int i = 0; i < 100; ++i) pool.post([&ran, i] { ran.push_back(i); });
  pool.stop();
  ASSERT_EQ(ran.size(), 100U);
  EXPECT_TRUE(std::is_sorted(ran.begin(), ran.end()));
}

TEST_F(WorkerPoolTest, RunsAsManyTasksAtOnceAsItHasThreads) {
  WorkerPool pool(3, 10, metrics);
  std::latch all_here(3);
  std::mutex mutex;  // protects threads
  std::set<std::thread::id> threads;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(pool.try_post([&] {
      {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      }
      all_here.arrive_and_wait();
    }));
  }
  pool.stop();
  EXPECT_EQ(threads.size(), 3U);
  EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST_F(WorkerPoolTest, RefusesWhatItsQueueHasNoRoomFor) {
  WorkerPool pool(1, 2, metrics);
  occupy(pool);
  int ran = 0;
  EXPECT_TRUE(pool.try_post([&] { ++ran; }));
  EXPECT_TRUE(pool.try_post([&] { ++ran; }));
  EXPECT_FALSE(pool.try_post([&] { ran += 100; }));
  EXPECT_EQ(metric("orbit_workers_queued"), 2);
  EXPECT_EQ(metric("orbit_workers_refused_total"), 1);
  release();
  pool.stop();
  EXPECT_EQ(ran, 2);
  EXPECT_EQ(metric("orbit_workers_queued"), 0);
}

TEST_F(WorkerPoolTest, QueuesUpkeepPastTheBound) {
  std::promise<void> ran;
  WorkerPool pool(1, 0, metrics);
  EXPECT_FALSE(pool.try_post([] {}));
  pool.post([&] { ran.set_value(); });
  ran.get_future().wait();
}

TEST_F(WorkerPoolTest, FinishesWhatIsQueuedWhenItStopsAndTakesNoMore) {
  WorkerPool pool(1, 10, metrics);
  occupy(pool);
  int ran = 0;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(pool.try_post([&] { ++ran; }));
  release();
  pool.stop();
  EXPECT_EQ(ran, 5);
  EXPECT_FALSE(pool.try_post([&] { ran += 100; }));
  pool.post([&] { ran += 100; });
  pool.stop();
  EXPECT_EQ(ran, 5);
}

TEST_F(WorkerPoolTest, OutlivesATaskThatThrows) {
  WorkerPool pool(1, 10, metrics);
  bool ran = false;
  ASSERT_TRUE(pool.try_post([] { throw std::runtime_error("a fault"); }));
  ASSERT_TRUE(pool.try_post([&] { ran = true; }));
  pool.stop();
  EXPECT_TRUE(ran);
  EXPECT_EQ(metric("orbit_workers_failed_total"), 1);
}

TEST_F(WorkerPoolTest, DropsATaskOnceItHasRun) {
  WorkerPool pool(1, 10, metrics);
  const auto held = std::make_shared<int>();
  pool.post([held] {});
  occupy(pool);
  EXPECT_EQ(held.use_count(), 1);
  release();
}

}  // namespace
}  // namespace orbit::http
