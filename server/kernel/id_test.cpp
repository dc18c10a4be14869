#include "kernel/id.hpp"

#include <gtest/gtest.h>

#include <type_traits>

namespace orbit::kernel {
namespace {

TEST(Id, ReadsBackWhatItWrote) {
  const ManualClock clock;
  const auto id = MemberId::create(clock);
  EXPECT_TRUE(id.str().starts_with("mbr_"));
  EXPECT_EQ(MemberId::parse(id.str()), id);
}

TEST(Id, CarriesVersionSevenAndTheClocksTime) {
  const ManualClock clock;
  const Uuid uuid = new_uuid(clock);
  EXPECT_EQ(uuid[6] >> 4, 7);
  EXPECT_EQ(uuid[8] >> 6, 2);
  std::int64_t milliseconds = 0;
  for (std::size_t i = 0; i < 6; ++i) milliseconds = milliseconds << 8 | uuid[i];
  EXPECT_EQ(milliseconds, clock.now().time_since_epoch().count());
}

TEST(Id, RefusesOtherPrefixesAndMalformedUuids) {
  const ManualClock clock;
  const std::string text = MemberId::create(clock).str();
  EXPECT_FALSE(RoleId::parse(text));
  EXPECT_FALSE(MemberId::parse(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(MemberId::parse(text + "0"));
  EXPECT_FALSE(MemberId::parse("mbr_" + std::string(36, 'x')));
  std::string upper = text;
  upper[4] = 'F';
  EXPECT_FALSE(MemberId::parse(upper));
}

TEST(Id, OfOneKindDoesNotConvertToAnother) {
  static_assert(!std::is_convertible_v<MemberId, RoleId>);
  static_assert(!std::is_constructible_v<RoleId, MemberId>);
}

}  // namespace
}  // namespace orbit::kernel
