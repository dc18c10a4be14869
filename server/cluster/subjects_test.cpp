#include "cluster/subjects.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "kernel/clock.hpp"

namespace orbit::cluster {
namespace {

const kernel::ManualClock clock_at_rest;
const auto workspace = kernel::WorkspaceId::create(clock_at_rest);

TEST(Subjects, HoldOnlyWhatEveryBrokerAllowsWhateverARoomIsCalled) {
  const Subjects subjects("0198c0de-0000-7000-8000-00000000abcd");
  const std::string subject = subjects.room(workspace, "a b.*>\n\xc3\xa9");
  EXPECT_TRUE(std::ranges::all_of(subject, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  })) << subject;
}

TEST(Subjects, OfOneRoomAreNotThoseOfAnother) {
  const Subjects subjects("epoch");
  EXPECT_NE(subjects.room(workspace, "a"), subjects.room(workspace, "b"));
  EXPECT_NE(subjects.room(workspace, "a"), subjects.room(kernel::WorkspaceId::create(clock_at_rest), "a"));
}

TEST(Subjects, OfOneClusterAreNotThoseOfAnotherOnTheSameBroker) {
  EXPECT_NE(Subjects("0198c0de-0000-7000-8000-00000000abcd").everyone(),
            Subjects("0198c0de-0000-7000-8000-00000000abce").everyone());
}

}  // namespace
}  // namespace orbit::cluster
