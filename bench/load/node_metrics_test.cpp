#include "load/node_metrics.hpp"

#include <gtest/gtest.h>

namespace orbit::bench {
namespace {

TEST(NodeMetrics, AreByNameAndLabels) {
  const auto metrics = metrics_in(
      "# HELP writes Calls\n# TYPE writes counter\nwrites 12\nclosed{cause=\"peer\"} 3\nbytes 1.5e6\nlast 7");
  EXPECT_EQ(metrics, (NodeMetrics{{"bytes", 1.5e6}, {"closed{cause=\"peer\"}", 3}, {"last", 7}, {"writes", 12}}));
  EXPECT_TRUE(metrics_in("").empty());
}

}  // namespace
}  // namespace orbit::bench
