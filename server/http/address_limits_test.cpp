#include "http/address_limits.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace orbit::http {
namespace {

using std::chrono::seconds;

class AddressLimitsTest : public testing::Test {
 protected:
  std::int64_t refused(std::string_view limit) {
    std::int64_t value = -1;
    metrics.visit([&](const auto& entry) {
      if (entry.name == "orbit_http_address_refused_total" && entry.labels.front().second == limit) {
        value = entry.metric.value();
      }
    });
    return value;
  }

  kernel::ManualClock clock;
  kernel::MetricsRegistry metrics;
};

TEST_F(AddressLimitsTest, CountsAConnectionForAsLongAsItsLeaseLives) {
  AddressLimits limits({.connections = 2}, clock, metrics);
  auto first = limits.count_connection("192.0.2.1");
  auto second = limits.count_connection("192.0.2.1");
  ASSERT_TRUE(first && second);
  const auto third = limits.count_connection("192.0.2.1");
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, "address.too_many_connections");
  EXPECT_EQ(third.error().kind, kernel::ErrorKind::too_many);
  EXPECT_GT(third.error().retry_after.value(), seconds{0});
  EXPECT_EQ(refused("connections"), 1);
  EXPECT_TRUE(limits.count_connection("192.0.2.2"));

  first->reset();
  EXPECT_TRUE(limits.count_connection("192.0.2.1"));
}

TEST_F(AddressLimitsTest, TakesA64ForOneAddress) {
  AddressLimits limits({.connections = 1}, clock, metrics);
  const auto first = limits.count_connection("2001:db8:1:2::1");
  EXPECT_FALSE(limits.count_connection("2001:db8:1:2::ffff"));
  EXPECT_TRUE(limits.count_connection("2001:db8:1:3::1"));
}

TEST_F(AddressLimitsTest, LetsALeaseOutliveTheLimits) {
  ConnectionLease lease;
  {
    AddressLimits limits({.connections = 1}, clock, metrics);
    lease = *limits.count_connection("192.0.2.1");
  }
  EXPECT_NE(lease, nullptr);
}

TEST_F(AddressLimitsTest, SlowsHandshakesDownToTheirRate) {
  AddressLimits limits({.handshakes = 2}, clock, metrics);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(limits.take_handshake("192.0.2.1")) << i;
  const auto refusal = limits.take_handshake("192.0.2.1");
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().code, "address.too_many_handshakes");
  EXPECT_EQ(refusal.error().retry_after, seconds{1});
  EXPECT_EQ(refused("handshakes"), 1);
  EXPECT_TRUE(limits.take_handshake("192.0.2.2"));
  clock.advance(seconds(1));
  EXPECT_TRUE(limits.take_handshake("192.0.2.1"));
}

TEST_F(AddressLimitsTest, RefusesHandshakesOnceTooManyHaveFailed) {
  AddressLimits limits({.failed_handshakes = 3}, clock, metrics);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(limits.take_handshake("192.0.2.1")) << i;
    limits.handshake_failed("192.0.2.1");
  }
  const auto refusal = limits.take_handshake("192.0.2.1");
  ASSERT_FALSE(refusal);
  EXPECT_EQ(refusal.error().code, "address.too_many_failures");
  EXPECT_EQ(refusal.error().retry_after, seconds{20});
  EXPECT_EQ(refused("failed_handshakes"), 1);
  EXPECT_TRUE(limits.take_handshake("192.0.2.2"));
  clock.advance(seconds(20));
  EXPECT_TRUE(limits.take_handshake("192.0.2.1"));
}

TEST_F(AddressLimitsTest, CanBeSwitchedOff) {
  AddressLimits limits({.connections = 0, .handshakes = 0, .failed_handshakes = 0}, clock, metrics);
  std::vector<ConnectionLease> leases;
  for (int i = 0; i < 5'000; ++i) {
    leases.push_back(limits.count_connection("192.0.2.1").value());
    EXPECT_TRUE(limits.take_handshake("192.0.2.1"));
    limits.handshake_failed("192.0.2.1");
  }
}

}  // namespace
}  // namespace orbit::http
