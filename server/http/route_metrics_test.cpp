#include "http/route_metrics.hpp"

#include <gtest/gtest.h>

namespace orbit::http {
namespace {

using std::chrono::milliseconds;

TEST(RouteMetrics, CountsAnswersByTheirClass) {
  kernel::MetricsRegistry metrics;
  const RouteMetrics route(metrics, "GET", "/v1/me");
  for (const int status : {200, 204, 304, 401, 503}) route.answered(status, milliseconds(1));
  const auto counted = [&](const char* status) {
    return metrics
        .counter("orbit_http_responses_total", "", {{"method", "GET"}, {"route", "/v1/me"}, {"status", status}})
        .value();
  };
  EXPECT_EQ(counted("2xx"), 2);
  EXPECT_EQ(counted("3xx"), 1);
  EXPECT_EQ(counted("4xx"), 1);
  EXPECT_EQ(counted("5xx"), 1);
  const auto& took = metrics.histogram("orbit_http_request_seconds", "", {{"method", "GET"}, {"route", "/v1/me"}});
  EXPECT_EQ(took.count(), 5);
  EXPECT_EQ(took.sum(), milliseconds(5));
}

}  // namespace
}  // namespace orbit::http
