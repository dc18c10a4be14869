#include <gtest/gtest.h>

#include "storage/database.hpp"
#include "storage/testing/test_database.hpp"

namespace orbit::storage {
namespace {

using billing::StripeEventRepository;
using std::chrono::milliseconds;

class StripeEventsTest : public testing::Test {
 protected:
  StripeEventsTest() {
    database = *Database::open(test_database.url(), {}, clock, metrics);
    EXPECT_TRUE(database->migrate().has_value());
  }

  bool note(std::string_view event_id) {
    return *database->unit_of_work().run([&](kernel::WriteContext& context) -> kernel::Result<bool> {
      return database->stripe_events().note(context, event_id, clock.now());
    });
  }

  const TestDatabase test_database;
  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  std::unique_ptr<Database> database;
};

TEST_F(StripeEventsTest, AreNotedOnce) {
  EXPECT_TRUE(note("evt_1"));
  EXPECT_FALSE(note("evt_1"));
  EXPECT_TRUE(note("evt_2"));
}

TEST_F(StripeEventsTest, AreForgottenOnceTheyAreOld) {
  ASSERT_TRUE(note("evt_1"));
  clock.advance(StripeEventRepository::remembered);
  EXPECT_FALSE(note("evt_1"));
  clock.advance(milliseconds{1});
  EXPECT_TRUE(note("evt_1"));
}

}  // namespace
}  // namespace orbit::storage
