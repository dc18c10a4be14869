// TestDatabase: a database of a test's own, gone with it: a file, or, where ORBIT_TEST_DATABASE=postgresql, one on the
// server that ORBIT_TEST_POSTGRESQL names ("postgresql://USER@HOST:PORT"). Belongs to the test's thread.
#pragma once

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "storage/database.hpp"
#include "storage/migrations.hpp"

namespace orbit::storage {

class TestDatabase {
 public:
  [[nodiscard]] static bool is_postgresql() {
    const char* kind = std::getenv("ORBIT_TEST_DATABASE");
    return kind != nullptr && std::string_view(kind) == "postgresql";
  }

  /// Where it is on PostgreSQL it is up to date already.
  TestDatabase() {
    if (is_postgresql()) {
      make_on_server();
    } else {
      char folder[] = "/tmp/orbit-test-XXXXXX";
      folder_ = mkdtemp(folder);
      url_ = "sqlite:" + (folder_ / "orbit.db").string();
    }
  }
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  ~TestDatabase() {
    if (is_postgresql()) {
      static_cast<void>(Connection(server() + "/postgres").run("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)"));
    } else {
      std::filesystem::remove_all(folder_);
    }
  }

  [[nodiscard]] const std::string& url() const { return url_; }

  /// On PostgreSQL: runs one or more statements beside the program; what the first column of the last has is returned,
  /// with spaces between.
  std::string run(const std::string& sql) const { return Connection(server() + "/" + name_).run(sql); }

  /// On PostgreSQL: as if all that was logged up to now had been logged so many days earlier.
  void age_log(int days) const {
    const std::string by = std::to_string(days);
    run("DO $$ DECLARE d BIGINT; BEGIN FOR d IN SELECT DISTINCT log_day - " + by +
        " FROM event_log LOOP EXECUTE format('CREATE TABLE IF NOT EXISTS event_log_%s PARTITION OF event_log FOR "
        "VALUES FROM (%s) TO "
        "(%s)', to_char(DATE '1970-01-01' + d::int, 'YYYYMMDD'), d, d + 1); END LOOP; END $$; "
        "UPDATE event_log SET log_day = log_day - " +
        by + "; UPDATE streams SET log_day = log_day - " + by);
  }

 private:
  class Connection {
   public:
    explicit Connection(const std::string& url) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
      if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
      PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
    }
    std::string run(const std::string& sql) const {
      const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql.c_str()), &PQclear);
      const auto status = PQresultStatus(result.get());
      if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        throw std::runtime_error(PQerrorMessage(connection_.get()));
      }
      std::string words;
      for (int row = 0; row < PQntuples(result.get()); ++row) {
        words.append(row > 0 ? " " : "").append(PQgetvalue(result.get(), row, 0));
      }
      return words;
    }

   private:
    std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  };

  static std::string server() {
    const char* url = std::getenv("ORBIT_TEST_POSTGRESQL");
    if (url == nullptr) throw std::runtime_error("ORBIT_TEST_POSTGRESQL is not set");
    return url;
  }

  static std::string url_of(const std::string& name) { return server() + "/" + name + "?pool_size=8"; }

  // A copy of one that was migrated once for all tests: that is quicker.
  void make_on_server() {
    static int made = 0;
    const Connection connection(server() + "/postgres");
    const std::string pattern = migrated_pattern(connection);
    name_ = "orbit_test_" + std::to_string(getpid()) + "_" + std::to_string(++made);
    connection.run("CREATE DATABASE " + name_ + " TEMPLATE " + pattern);
    url_ = url_of(name_);
  }

  static std::string migrated_pattern(const Connection& connection) {
    std::string sql;
    for (const Migration& migration : built_in_migrations(DatabaseSession::Kind::postgresql)) sql += migration.sql;
    const std::string name = "orbit_pattern_" + std::to_string(std::hash<std::string>{}(sql));
    const std::string unfinished = name + "_unfinished";
    connection.run("SELECT pg_advisory_lock(1)");
    if (connection.run("SELECT 1 FROM pg_database WHERE datname = '" + name + "'").empty()) {
      connection.run("DROP DATABASE IF EXISTS " + unfinished);
      connection.run("CREATE DATABASE " + unfinished);
      const kernel::SystemClock clock;
      kernel::MetricsRegistry metrics;
      if (const auto done = (*Database::open(url_of(unfinished), {}, clock, metrics))->migrate(); !done) {
        throw std::runtime_error(done.error().message);
      }
      connection.run("ALTER DATABASE " + unfinished + " RENAME TO " + name);
    }
    connection.run("SELECT pg_advisory_unlock(1)");
    return name;
  }

  std::string url_;
  std::string name_;              // PostgreSQL's
  std::filesystem::path folder_;  // SQLite's
};

}  // namespace orbit::storage
