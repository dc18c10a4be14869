// When the log's history gets another name.
#include "app/domain_fixture.hpp"

namespace orbit::app {
namespace {

class EpochTest : public DomainTest {
 protected:
  std::string epoch() {
    return read([&](const kernel::ReadContext& context) { return database->event_log().epoch(context); });
  }
};

TEST_F(EpochTest, StaysThroughEveryStart) {
  const std::string first = epoch();
  EXPECT_FALSE(*database->begin_serving("boot 1"));
  EXPECT_FALSE(*database->begin_serving("boot 2")) << "every commit was synced";
  EXPECT_EQ(epoch(), first);
}

TEST_F(EpochTest, IsRenewedByARestore) {
  const std::string first = epoch();
  const std::string restored = *database->renew_epoch();
  EXPECT_NE(restored, first);
  EXPECT_EQ(epoch(), restored);
}

TEST_F(EpochTest, IsRenewedWhereAPowerCutMayHaveTakenCommitsThatTabsHaveSeen) {
  if (database->is_shared()) GTEST_SKIP() << "there is no such choice";
  const auto normal = open_database({.durability = storage::Durability::normal});
  const std::string first = epoch();
  EXPECT_FALSE(*normal->begin_serving("boot 1"));
  EXPECT_FALSE(*normal->begin_serving("boot 1")) << "a crash of the program alone takes nothing";
  EXPECT_EQ(epoch(), first);
  EXPECT_TRUE(*database->begin_serving("boot 2")) << "however it is served now";
  EXPECT_NE(epoch(), first);
  EXPECT_FALSE(*database->begin_serving("boot 3"));
}

}  // namespace
}  // namespace orbit::app
