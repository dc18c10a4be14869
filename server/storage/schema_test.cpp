// That both databases have the same tables: what is allowed of one, is of the other.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "storage/testing/test_database.hpp"

namespace orbit::storage {
namespace {

using Lines = std::set<std::string>;

// A database as lines: "users.email text not null", "unique users (email)", "users (id) <- sessions (user_id) cascade",
// "index sessions (user_id)".
Lines sqlite_schema() {
  char folder[] = "/tmp/orbit-schema-XXXXXX";
  const std::filesystem::path path = std::filesystem::path(mkdtemp(folder)) / "orbit.db";
  const kernel::SystemClock clock;
  kernel::MetricsRegistry metrics;
  EXPECT_TRUE((*Database::open("sqlite:" + path.string(), {}, clock, metrics))->migrate().has_value());
  sqlite3* file = nullptr;
  sqlite3_open(path.c_str(), &file);
  const auto add = [&](Lines& lines, const std::string& sql) {
    const auto take = [](void* to, int, char** values, char**) {
      static_cast<Lines*>(to)->insert(values[0]);
      return 0;
    };
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(file, sql.c_str(), take, &lines, &error), SQLITE_OK) << error;
  };
  const std::string tables = "(SELECT name FROM sqlite_master WHERE type = 'table') t ";
  Lines lines;
  add(lines,
      "SELECT t.name || '.' || c.name || ' ' || lower(c.type) || "
      "CASE WHEN c.\"notnull\" OR c.pk > 0 THEN ' not null' ELSE '' END FROM " +
          tables + "JOIN pragma_table_info(t.name) c");
  const std::string indexes =
      "SELECT CASE WHEN i.\"unique\" THEN 'unique ' ELSE 'index ' END || t.name || ' (' || "
      "(SELECT group_concat(name, ', ') FROM pragma_index_info(i.name)) || ')' || "
      "CASE WHEN i.partial THEN ' partial' ELSE '' END FROM ";
  add(lines, indexes + tables + "JOIN pragma_index_list(t.name) i");
  add(lines, "SELECT 'unique ' || t.name || ' (' || group_concat(c.name, ', ') || ')' FROM " + tables +
                 "JOIN pragma_table_info(t.name) c WHERE c.pk > 0 GROUP BY t.name");
  add(lines,
      "SELECT f.\"table\" || ' (' || f.\"to\" || ') <- ' || t.name || ' (' || f.\"from\" || ') ' || "
      "lower(f.on_delete) FROM " +
          tables + "JOIN pragma_foreign_key_list(t.name) f");
  sqlite3_close(file);
  std::filesystem::remove_all(path.parent_path());
  return lines;
}

Lines postgresql_schema() {
  const TestDatabase database;
  // The days of the log come and go.
  const std::string ours = "c.relnamespace = 'public'::regnamespace AND NOT c.relispartition ";
  const std::string columns =
      "(SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM "
      "unnest(i.indkey::int[]) WITH ORDINALITY k(number, place) "
      "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number)";
  Lines lines;
  for (const std::string& sql :
       {"SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, NULL) || CASE WHEN a.attnotnull THEN "
        "' not null' ELSE '' END FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind IN ('r', "
        "'p') "
        "AND a.attnum > 0 AND " +
            ours,
        "SELECT CASE WHEN i.indisunique THEN 'unique ' ELSE 'index ' END || c.relname || ' (' || " + columns +
            " || ')' || CASE WHEN i.indpred IS NULL THEN '' ELSE ' partial' END FROM pg_class c JOIN pg_index i ON "
            "i.indrelid = c.oid WHERE " +
            ours,
        "SELECT f.relname || ' (' || there.attname || ') <- ' || c.relname || ' (' || here.attname || ') ' || CASE "
        "k.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' WHEN 'a' THEN 'no action' ELSE '?' END FROM "
        "pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid JOIN "
        "pg_attribute "
        "here ON here.attrelid = c.oid AND here.attnum = k.conkey[1] JOIN pg_attribute there ON there.attrelid = f.oid "
        "AND there.attnum = k.confkey[1] WHERE k.contype = 'f' AND " +
            ours}) {
    std::istringstream rows(database.run("SELECT string_agg(line, chr(10)) FROM (" + sql + ") l(line)"));
    for (std::string line; std::getline(rows, line);) lines.insert(line);
  }
  return lines;
}

TEST(SchemaTest, IsTheSameInBothButForTheDaysOfTheLog) {
  if (!TestDatabase::is_postgresql()) GTEST_SKIP() << "it needs both";
  const Lines sqlite = sqlite_schema(), postgresql = postgresql_schema();
  ASSERT_GT(sqlite.size(), 80U);
  Lines only_sqlite, only_postgresql;
  std::ranges::set_difference(sqlite, postgresql, std::inserter(only_sqlite, only_sqlite.end()));
  std::ranges::set_difference(postgresql, sqlite, std::inserter(only_postgresql, only_postgresql.end()));
  EXPECT_EQ(only_sqlite, (Lines{"unique event_log (workspace_id, seq)"}));
  EXPECT_EQ(only_postgresql, (Lines{"event_log.log_day bigint not null", "streams.log_day bigint not null",
                                    "unique event_log (workspace_id, seq, log_day)"}));
}

}  // namespace
}  // namespace orbit::storage
