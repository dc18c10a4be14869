#include "app/process_metrics.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

namespace orbit::app {
namespace {

TEST(ProcessMetrics, TellsOfThisProcess) {
  const auto read = read_process_metrics();
  ASSERT_TRUE(read.has_value());
  EXPECT_GT(read->resident_bytes, 1'000'000);
  EXPECT_GE(read->virtual_bytes, read->resident_bytes);
  EXPECT_GE(read->threads, 1);
  EXPECT_GT(read->max_descriptors, read->open_descriptors);
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(read->start_time, now - 3'600);
  EXPECT_LT(read->start_time, now + 5);
}

TEST(ProcessMetrics, CountsOpenDescriptors) {
  const auto before = read_process_metrics();
  const int opened = dup(STDERR_FILENO);
  const auto after = read_process_metrics();
  close(opened);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->open_descriptors, before->open_descriptors + 1);
}

}  // namespace
}  // namespace orbit::app
