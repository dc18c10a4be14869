#include "http/admin_api.hpp"

#include <gtest/gtest.h>

#include <set>

namespace orbit::http {
namespace {

TEST(AdminRoutesTest, AreEachNamedOnceAndChangeNothingWithTheScopeRead) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const AdminRoute& route : AdminApi::routes()) {
    EXPECT_TRUE(route.pattern.starts_with("/v1/admin/")) << route.pattern;
    EXPECT_TRUE(seen.emplace(route.method, route.pattern).second) << route.pattern;
    EXPECT_EQ(route.method == "GET", route.scope == identity::OperatorScope::read) << route.pattern;
  }
  EXPECT_FALSE(seen.empty());
}

}  // namespace
}  // namespace orbit::http
