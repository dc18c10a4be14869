#include "realtime/frame.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace orbit::realtime {
namespace {

SharedFrame frame(std::string bytes, kernel::Seq seq, std::string deflated = {}) {
  Frame made;
  made.bytes = std::move(bytes);
  made.seq = seq;
  made.deflated = std::move(deflated);
  return std::make_shared<const Frame>(std::move(made));
}

TEST(Frame, GivesTheFormThatASocketTakes) {
  EXPECT_EQ(frame("plain", 1, "short")->bytes_for(true), "short");
  EXPECT_EQ(frame("plain", 1, "short")->bytes_for(false), "plain");
  EXPECT_EQ(frame("plain", 1)->bytes_for(true), "plain");
}

TEST(Frame, JoinsBothForms) {
  const auto joined = join(std::vector{frame("one", 1), frame("twenty", 2, "20"), frame("three", 3)});
  EXPECT_EQ(joined->bytes, "onetwentythree");
  EXPECT_EQ(joined->deflated, "one20three");
  EXPECT_EQ(joined->seq, 3);
}

TEST(Frame, JoinsPlainFramesToAPlainOne) {
  const auto joined = join(std::vector{frame("one", 1), frame("two", 2)});
  EXPECT_EQ(joined->bytes, "onetwo");
  EXPECT_EQ(joined->deflated, "");
}

TEST(Frame, JoinsOneToItselfAndNoneToNothing) {
  const auto one = frame("one", 1, "1");
  EXPECT_EQ(join(std::vector{one}), one);
  EXPECT_EQ(join({}), nullptr);
}

}  // namespace
}  // namespace orbit::realtime
