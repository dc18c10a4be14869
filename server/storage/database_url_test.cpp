#include "storage/database_url.hpp"

#include <gtest/gtest.h>

#include "kernel/testing/outcome.hpp"

namespace orbit::storage {
namespace {

PostgresqlUrl postgresql(std::string_view url) { return std::get<PostgresqlUrl>(parse_database_url(url).value()); }

std::string refusal(std::string_view url) {
  const auto parsed = parse_database_url(url);
  return parsed ? "" : parsed.error().message;
}

TEST(DatabaseUrl, IsAFileOrAServer) {
  EXPECT_EQ(std::get<SqliteUrl>(*parse_database_url("sqlite:var/orbit.db")).path, "var/orbit.db");
  EXPECT_EQ(postgresql("postgresql://db/orbit").shown, "postgresql://db/orbit");
  EXPECT_EQ(postgresql("postgres://db/orbit").shown, "postgres://db/orbit");
  for (const char* bad : {"", "sqlite:", "mysql://db/orbit", "var/orbit.db"}) {
    EXPECT_EQ(kernel::outcome(parse_database_url(bad)), "invalid database.bad_url") << bad;
  }
}

TEST(DatabaseUrl, NoticesADeadServerWithinSecondsUnlessItSaysOtherwise) {
  EXPECT_EQ(postgresql("postgresql://db/orbit").connection,
            "postgresql://db/orbit?connect_timeout=2&tcp_user_timeout=3000&keepalives_idle=2&keepalives_interval=1&"
            "keepalives_count=2&application_name=orbit");
  EXPECT_EQ(postgresql("postgresql://db/orbit?sslmode=verify-full&connect_timeout=9&keepalives_idle=60").connection,
            "postgresql://db/orbit?sslmode=verify-full&connect_timeout=9&keepalives_idle=60&tcp_user_timeout=3000&"
            "keepalives_interval=1&keepalives_count=2&application_name=orbit");
}

TEST(DatabaseUrl, KeepsItsOwnParametersToItself) {
  const auto url = postgresql("postgresql://db/orbit?pool_size=40&statement_timeout=2s&pgbouncer=true&sslmode=require");
  EXPECT_EQ(url.pool_size, 40U);
  EXPECT_EQ(url.statement_timeout, std::chrono::seconds(2));
  EXPECT_TRUE(url.pgbouncer);
  EXPECT_TRUE(url.connection.starts_with("postgresql://db/orbit?sslmode=require&connect_timeout"));
  const auto plain = postgresql("postgresql://db/orbit");
  EXPECT_EQ(plain.pool_size, 16U);
  EXPECT_EQ(plain.statement_timeout, std::chrono::seconds(5));
  EXPECT_FALSE(plain.pgbouncer);
}

TEST(DatabaseUrl, NamesTheParameterThatIsWrong) {
  EXPECT_EQ(refusal("postgresql://db/orbit?pool_size=3"),
            "The database's URL has a bad pool_size: it must be a number from 4 to 512.");
  EXPECT_EQ(refusal("postgresql://db/orbit?sslmode=require&statement_timeout=5"),
            "The database's URL has a bad statement_timeout: it must be a time from 100ms to 1h, such as 5s.");
  EXPECT_EQ(refusal("postgresql://db/orbit?pgbouncer=yes"),
            "The database's URL has a bad pgbouncer: it must be true or false.");
  EXPECT_EQ(refusal("postgresql://db/orbit?poolsize=4"), "The database's URL has an unknown parameter: poolsize.");
}

TEST(DatabaseUrl, NeverShowsThePassword) {
  for (const char* url : {"postgresql://ada:secret@db:5432/orbit", "postgresql://ada:sec@ret@db/orbit",
                          "postgresql://ada:sec/ret@db/orbit", "postgresql://ada:sec?ret@db/orbit",
                          "postgresql://ada@db/orbit?password=secret", "postgresql://ada@db/orbit?password=sec@ret",
                          "mysql://ada:secret@db/orbit"}) {
    const std::string shown = without_password(url);
    EXPECT_EQ(shown.find("sec"), std::string::npos) << shown;
    EXPECT_EQ(shown.find("ret"), std::string::npos) << shown;
    EXPECT_NE(shown.find("sql://ada"), std::string::npos) << shown;
  }
  EXPECT_EQ(without_password("postgresql://ada:secret@db:5432/orbit?sslmode=require"),
            "postgresql://ada@db:5432/orbit");
  EXPECT_EQ(without_password("sqlite:var/orbit.db"), "sqlite:var/orbit.db");
  for (const char* bad :
       {"postgresql://ada:sec?ret@db/orbit", "postgresql://ada:secret@[db/orbit", "postgresql://ada:secret %@db/orbit",
        "postgresql://ada:secret%@db/orbit", "postgresql://ada:secret@db/orbit?sslmode"}) {
    EXPECT_NE(refusal(bad), "") << bad;
    EXPECT_EQ(refusal(bad).find("sec"), std::string::npos) << refusal(bad);
    EXPECT_EQ(refusal(bad).find("ret"), std::string::npos) << refusal(bad);
  }
}

}  // namespace
}  // namespace orbit::storage
