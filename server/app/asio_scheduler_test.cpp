#include "app/asio_scheduler.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <set>
#include <string>
#include <thread>

namespace orbit::app {
namespace {

using std::chrono::milliseconds;

// The test's own thread is the scheduler's, for as long as run() finds something to do.
class AsioSchedulerTest : public testing::Test {
 protected:
  kernel::Scheduler::Task note(char letter) {
    return [this, letter] { notes_ += letter; };
  }

  boost::asio::io_context context_{1};
  AsioScheduler scheduler_{context_};
  std::string notes_;
};

TEST_F(AsioSchedulerTest, RunsLaterWhatIsPostedInOrder) {
  scheduler_.post([this] {
    scheduler_.post(note('c'));
    notes_ += 'a';
  });
  scheduler_.post(note('b'));
  EXPECT_EQ(notes_, "");
  context_.run();
  EXPECT_EQ(notes_, "abc");
}

TEST_F(AsioSchedulerTest, RunsOnItsOwnThreadWhatAnotherPosts) {
  std::thread::id ran_on;
  std::jthread([&] { scheduler_.post([&] { ran_on = std::this_thread::get_id(); }); }).join();
  context_.run();
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST_F(AsioSchedulerTest, RunsTimersByTheirDelaysAndNotBefore) {
  const auto start = std::chrono::steady_clock::now();
  scheduler_.after(milliseconds(3), note('b'));
  scheduler_.after(milliseconds(1), note('a'));
  context_.run();
  EXPECT_EQ(notes_, "ab");
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(3));
}

TEST_F(AsioSchedulerTest, NeverRunsATimerThatWasCancelled) {
  const auto far = scheduler_.after(std::chrono::hours(1), note('x'));
  scheduler_.cancel(far);
  context_.run();
  EXPECT_EQ(notes_, "");
}

TEST_F(AsioSchedulerTest, NeverRunsATimerThatWasCancelledOnceItWasDue) {
  kernel::TimerId second = 0;
  scheduler_.after(milliseconds(0), [&] {
    scheduler_.cancel(second);
    notes_ += 'a';
  });
  second = scheduler_.after(milliseconds(0), note('x'));
  context_.run();
  EXPECT_EQ(notes_, "a");
}

TEST_F(AsioSchedulerTest, IgnoresATimerThatRanOrNeverWas) {
  kernel::TimerId own = 0;
  own = scheduler_.after(milliseconds(0), [&] {
    scheduler_.cancel(own);
    scheduler_.cancel(4711);
    scheduler_.after(milliseconds(0), note('b'));
    notes_ += 'a';
  });
  context_.run();
  scheduler_.cancel(own);
  EXPECT_EQ(notes_, "ab");
}

TEST_F(AsioSchedulerTest, GivesEachTimerAnIdOfItsOwnAndNeverZero) {
  std::set<kernel::TimerId> ids;
  for (int i = 0; i < 10; ++i) ids.insert(scheduler_.after(milliseconds(0), [] {}));
  EXPECT_EQ(ids.size(), 10U);
  EXPECT_FALSE(ids.contains(0));
  context_.run();
}

TEST(AsioScheduler, MayGoWhileTimersRun) {
  boost::asio::io_context context{1};
  bool ran = false;
  {
    AsioScheduler scheduler(context);
    scheduler.after(milliseconds(0), [&] { ran = true; });
  }
  context.run();
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace orbit::app
