#include "http/snapshot_cache.hpp"

#include <gtest/gtest.h>

namespace orbit::http {
namespace {

class SnapshotCacheTest : public testing::Test {
 protected:
  static std::shared_ptr<const SharedSnapshot> snapshot(kernel::Seq seq, const std::string& epoch = "epoch") {
    return std::make_shared<SharedSnapshot>(SnapshotVersion{epoch, seq}, std::string(1'000, 'x'));
  }

  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
  const SnapshotAudience acme{kernel::WorkspaceId::create(clock), false};
  const SnapshotAudience acme_inviters{acme.workspace, true};
  const SnapshotAudience globex{kernel::WorkspaceId::create(clock), false};
};

TEST_F(SnapshotCacheTest, GivesWhatIsOfTheVeryVersionThatIsAskedFor) {
  SnapshotCache cache(1 << 20, metrics);
  EXPECT_EQ(cache.find(acme, {"epoch", 1}), nullptr);
  const auto first = snapshot(1);
  cache.keep(acme, first);
  EXPECT_EQ(cache.find(acme, {"epoch", 1}), first);
  EXPECT_EQ(cache.find(acme, {"epoch", 2}), nullptr);
  EXPECT_EQ(cache.find(acme, {"restored", 1}), nullptr);
  EXPECT_EQ(cache.find(acme_inviters, {"epoch", 1}), nullptr) << "who sees more is given more";
  EXPECT_EQ(cache.find(globex, {"epoch", 1}), nullptr);
}

TEST_F(SnapshotCacheTest, KeepsOneVersionOfEach) {
  SnapshotCache cache(1 << 20, metrics);
  cache.keep(acme, snapshot(1));
  cache.keep(acme, snapshot(2));
  EXPECT_EQ(cache.find(acme, {"epoch", 1}), nullptr);
  EXPECT_NE(cache.find(acme, {"epoch", 2}), nullptr);
}

TEST_F(SnapshotCacheTest, LetsGoOfTheOneAskedForLongestAgo) {
  SnapshotCache cache(2 * snapshot(1)->bytes(), metrics);
  cache.keep(acme, snapshot(1));
  cache.keep(acme_inviters, snapshot(1));
  EXPECT_NE(cache.find(acme, {"epoch", 1}), nullptr);
  cache.keep(globex, snapshot(1));
  EXPECT_EQ(cache.find(acme_inviters, {"epoch", 1}), nullptr);
  EXPECT_NE(cache.find(acme, {"epoch", 1}), nullptr);
  EXPECT_NE(cache.find(globex, {"epoch", 1}), nullptr);
}

TEST_F(SnapshotCacheTest, KeepsNothingThatIsLargerThanAllItMayHold) {
  SnapshotCache cache(100, metrics);
  cache.keep(acme, snapshot(1));
  EXPECT_EQ(cache.find(acme, {"epoch", 1}), nullptr);
}

}  // namespace
}  // namespace orbit::http
