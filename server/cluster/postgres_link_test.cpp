// What is PostgreSQL's own; the rest is in backplane_conformance_test.cpp.
#include "cluster/postgres_link.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "cluster/testing/backplane_node.hpp"
#include "cluster/testing/test_broker.hpp"

namespace orbit::cluster {
namespace {

using Heard = BackplaneNode::Heard;
using Messages = std::vector<std::pair<std::string, std::string>>;

class PostgresLinkTest : public testing::Test {
 protected:
  void SetUp() override {
    if (test_postgresql().empty())
      GTEST_SKIP() << "set ORBIT_TEST_POSTGRESQL to the URL of a superuser on a private server";
    node_ = std::make_unique<BackplaneNode>(test_postgresql());
    node_->subscribe("orbit.a");
    ASSERT_TRUE(node_->comes_to([](const Heard& heard) { return heard.subscribed.size() == 1; }))
        << node_->heard().reason;
  }

  static std::string ask(const std::string& sql) {
    PGconn* const connection = PQconnectdb(test_postgresql().c_str());
    PGresult* const result = PQexec(connection, sql.c_str());
    const std::string answer = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : PQerrorMessage(connection);
    PQclear(result);
    PQfinish(connection);
    return answer;
  }

  std::int64_t dropped(const std::string& reason) {
    return node_->metrics()
        .counter("orbit_backplane_dropped_total", "", {{"backplane", "postgres"}, {"reason", reason}})
        .value();
  }

  std::unique_ptr<BackplaneNode> node_;
};

TEST_F(PostgresLinkTest, DropsTextThatIsNoneAloneAndNotWhatGoesWithIt) {
  node_->run([](Backplane& backplane) {
    backplane.publish("orbit.a", "before");
    backplane.publish("orbit.a", "\xc3");
    backplane.publish("orbit.a", std::string_view("a\0b", 3));
    backplane.publish("orbit.a", "after");
  });
  ASSERT_TRUE(node_->comes_to([](const Heard& heard) { return heard.messages.size() == 2; }));
  EXPECT_EQ(node_->heard().messages, (Messages{{"orbit.a", "before"}, {"orbit.a", "after"}}));
  EXPECT_EQ(dropped("refused"), 2);
}

TEST_F(PostgresLinkTest, IsBackAfterAnAdministratorEndedItsConnections) {
  ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
      "WHERE application_name = 'orbit backplane' AND datname = current_database()");
  ASSERT_TRUE(node_->comes_to([](const Heard& heard) { return heard.disconnected == 1; }));
  ASSERT_TRUE(node_->comes_to([](const Heard& heard) { return heard.subscribed.size() == 2; }));
  node_->publish("orbit.a", "heard");
  EXPECT_TRUE(node_->comes_to([](const Heard& heard) { return heard.messages.size() == 1; }));
}

TEST_F(PostgresLinkTest, PassesOverNotificationsThatAreNotItsOwn) {
  for (int i = 0; i < 64; ++i) ask("NOTIFY orbit_backplane_" + std::to_string(i) + ", 'stray'");
  node_->publish("orbit.a", "heard");
  ASSERT_TRUE(node_->comes_to([](const Heard& heard) { return heard.messages.size() == 1; }));
  EXPECT_EQ(node_->heard().messages, (Messages{{"orbit.a", "heard"}}));
}

TEST(PostgresUrl, IsLibpqsWithoutWhatIsOrbitsOwn) {
  const auto address = parse_postgres_url(
      "postgresql://ada:secret@db:5433/orbit?pool_size=9&sslmode=require&statement_timeout=5s&user=eve");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->conninfo, "postgresql://ada:secret@db:5433/orbit?sslmode=require&user=eve");
  EXPECT_EQ(address->where, "db:5433/orbit");
  EXPECT_EQ(parse_postgres_url("postgresql://db?pool_size=9")->conninfo, "postgresql://db");
}

TEST(PostgresUrl, IsRefusedWhereItLeadsToPgBouncer) {
  const auto address = parse_postgres_url("postgresql://ada:secret@db/orbit?pgbouncer=true");
  ASSERT_FALSE(address);
  EXPECT_NE(address.error().message.find("PgBouncer"), std::string::npos);
}

TEST(PostgresUrl, IsRefusedWithoutShowingItsPassword) {
  for (const char* wrong :
       {"postgresql://ada:hun%ter2@db", "postgresql://ada:hunter2@db?colour=red", "postgresql://ada:hunter2@[db"}) {
    const auto address = parse_postgres_url(wrong);
    ASSERT_FALSE(address) << wrong;
    EXPECT_EQ(address.error().message.find("ter2"), std::string::npos) << address.error().message;
  }
}

}  // namespace
}  // namespace orbit::cluster
