#include "kernel/network_address.hpp"

#include <gtest/gtest.h>

namespace orbit::kernel {
namespace {

bool lies_in(std::string_view range, std::string_view address) {
  const auto parsed = AddressRange::parse(range);
  EXPECT_TRUE(parsed) << range;
  return parsed && parsed->contains(IpAddress::parse(address).value());
}

TEST(IpAddress, ReadsBothKindsAndNothingElse) {
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->to_string(), "192.0.2.1");
  EXPECT_EQ(IpAddress::parse("2001:DB8:0::1")->to_string(), "2001:db8::1");
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.1"), IpAddress::parse("192.0.2.1"));
  for (const std::string_view bad : {"", "192.0.2", "192.0.2.256", "192.0.2.1 ", "unknown", "[::1]", "fe80::1%eth0"}) {
    EXPECT_FALSE(IpAddress::parse(bad)) << bad;
  }
  EXPECT_FALSE(IpAddress::parse(std::string_view("192.0.2.1\0", 10)));
}

TEST(ClientNetwork, TakesA64ForOneClient) {
  EXPECT_EQ(client_network("2001:db8:1:2:3:4:5:6"), client_network("2001:db8:1:2::1"));
  EXPECT_NE(client_network("2001:db8:1:2::1"), client_network("2001:db8:1:3::1"));
  EXPECT_EQ(client_network("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client_network("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_NE(client_network("192.0.2.1"), client_network("192.0.2.2"));
  EXPECT_EQ(client_network("somebody"), "somebody");
}

TEST(AddressRange, HoldsWhatSharesItsFirstBits) {
  EXPECT_TRUE(lies_in("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(lies_in("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(lies_in("10.1.2.3/9", "10.0.0.1"));
  EXPECT_FALSE(lies_in("10.1.2.3/9", "10.128.0.1"));
  EXPECT_TRUE(lies_in("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(lies_in("192.0.2.1", "192.0.2.2"));
  EXPECT_TRUE(lies_in("0.0.0.0/0", "203.0.113.9"));
  EXPECT_FALSE(lies_in("0.0.0.0/0", "::1"));
  EXPECT_TRUE(lies_in("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(lies_in("2001:db8::/33", "2001:db8:8000::1"));
  EXPECT_FALSE(lies_in("::/0", "192.0.2.1"));
}

TEST(AddressRange, RefusesWhatIsNone) {
  for (const std::string_view bad :
       {"", "/8", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8 ", "proxy", "10.0.0.0/8/8"}) {
    EXPECT_FALSE(AddressRange::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace orbit::kernel
