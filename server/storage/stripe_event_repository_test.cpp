#include <gtest/gtest.h>

#include <filesystem>

#include "storage/database.hpp"

namespace orbit::storage {
namespace {

using billing::StripeEventRepository;
using std::chrono::milliseconds;

class StripeEventsTest : public testing::Test {
 protected:
  StripeEventsTest() {
    char folder[] = "/tmp/orbit-storage-XXXXXX";
    folder_ = mkdtemp(folder);
    database = *Database::open("sqlite:" + (folder_ / "orbit.db").string(), {}, clock, metrics);
    EXPECT_TRUE(database->migrate().has_value());
  }
  ~StripeEventsTest() override {
    database.reset();
    std::filesystem::remove_all(folder_);
  }

  bool note(std::string_view event_id) {
    return *database->unit_of_work().run([&](kernel::WriteContext& context) -> kernel::Result<bool> {
      return database->stripe_events().note(context, event_id, clock.now());
    });
  }

  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  std::unique_ptr<Database> database;

 private:
  std::filesystem::path folder_;
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
