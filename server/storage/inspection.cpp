#include "storage/inspection.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <memory>

#include "storage/database_url.hpp"
#include "storage/migrations.hpp"
#include "storage/postgresql_session.hpp"
#include "storage/soci_error.hpp"
#include "storage/sql.hpp"
#include "storage/sqlite_file.hpp"
#include "storage/sqlite_session.hpp"

namespace orbit::storage {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

constexpr std::chrono::milliseconds lock_timeout{2'000};

long long number(DatabaseSession& session, const std::string& sql) {
  return std::get<0>(select_one<long long>(session, sql).value());
}

bool is_postgresql(const DatabaseSession& session) { return session.kind() == DatabaseSession::Kind::postgresql; }

Result<std::vector<std::string>> missing_migrations(DatabaseSession& session) {
  const bool has_any = number(session, is_postgresql(session)
                                           ? "SELECT count(*) FROM pg_tables WHERE tablename = 'schema_migrations'"
                                           : "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migrations'") > 0;
  const long long applied = has_any ? number(session, "SELECT coalesce(max(version), 0) FROM schema_migrations") : 0;
  std::vector<std::string> missing;
  long long newest = 0;
  for (const Migration& migration : built_in_migrations(session.kind())) {
    newest = migration.version;
    if (newest > applied) missing.emplace_back(migration.name);
  }
  if (applied > newest) {
    return failure(ErrorKind::conflict, "database.newer",
                   "This database was made by a newer orbit. Run the newer program.");
  }
  return missing;
}

std::vector<std::string> disagreements(DatabaseSession& session) {
  constexpr std::pair<const char*, const char*> questions[] = {
      {"SELECT count(*) FROM streams s JOIN (SELECT workspace_id, count(*) AS events, min(seq) AS first_seq, max(seq) "
       "AS "
       "last_seq FROM event_log GROUP BY workspace_id) l ON l.workspace_id = s.workspace_id WHERE l.last_seq <> s.seq "
       "OR "
       "l.events <> l.last_seq - l.first_seq + 1",
       "workspaces whose log has gaps, or ends elsewhere than it should"},
      {"SELECT count(*) FROM streams WHERE published_seq > seq", "workspaces that published more than they logged"},
      {"SELECT count(DISTINCT workspace_id) FROM event_log e WHERE NOT EXISTS (SELECT 1 FROM streams s WHERE "
       "s.workspace_id = e.workspace_id)",
       "workspaces with events, but without a place in the log"},
      {"SELECT count(*) FROM workspaces w WHERE NOT EXISTS (SELECT 1 FROM streams s WHERE s.workspace_id = w.id)",
       "workspaces of which nothing was ever logged"}};
  std::vector<std::string> found;
  for (const auto& [sql, words] : questions) {
    if (const long long count = number(session, sql); count > 0) found.push_back(std::to_string(count) + " " + words);
  }
  return found;
}

void ask_server(DatabaseSession& session, Inspection& inspection) {
  const auto version = select_one<std::string>(session, "SELECT current_setting('server_version')");
  inspection.version = std::get<0>(version.value());
  inspection.server_time = kernel::Timestamp{std::chrono::milliseconds{
      number(session, "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")}};
  inspection.free_connections = number(
      session,
      "SELECT CAST(current_setting('max_connections') AS BIGINT) - "
      "CAST(current_setting('superuser_reserved_connections') AS BIGINT) - (SELECT count(*) FROM pg_stat_activity "
      "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())");
}

Result<Inspection> inspect_in(DatabaseSession& session) {
  Inspection inspection;
  inspection.version = sqlite3_libversion();
  if (is_postgresql(session)) ask_server(session, inspection);
  auto missing = missing_migrations(session);
  if (!missing) return std::unexpected(missing.error());
  inspection.missing = *std::move(missing);
  if (!inspection.missing.empty()) return inspection;
  inspection.workspaces = number(session, "SELECT count(*) FROM workspaces");
  inspection.events = number(session, "SELECT count(*) FROM event_log");
  inspection.disagreements = disagreements(session);
  const auto newest = select_one<std::optional<kernel::Timestamp>>(session, "SELECT max(occurred_at) FROM event_log");
  if (newest) inspection.newest_event = std::get<0>(*newest);
  return inspection;
}

std::unique_ptr<DatabaseSession> open_session(const DatabaseUrl& url) {
  if (const auto* sqlite = std::get_if<SqliteUrl>(&url)) {
    return std::make_unique<SqliteSession>(sqlite->path, Durability::full);
  }
  return std::make_unique<PostgresqlSession>(
      std::make_shared<const PostgresqlSettings>(std::get<PostgresqlUrl>(url), lock_timeout));
}

}  // namespace

Result<Inspection> inspect(std::string_view url) {
  const auto parsed = parse_database_url(url);
  if (!parsed) return std::unexpected(parsed.error());
  if (const auto* sqlite = std::get_if<SqliteUrl>(&*parsed)) {
    const auto file = SqliteFile::open(sqlite->path, SqliteFile::Access::write);
    if (!file) return std::unexpected(file.error());
    if (const auto whole = file->check(false); !whole) return std::unexpected(whole.error());
  }
  std::unique_ptr<DatabaseSession> session;
  try {
    session = open_session(*parsed);
  } catch (const soci::soci_error& error) {
    std::string why = error.what();
    std::ranges::replace(why, '\n', ' ');
    return failure(ErrorKind::unavailable, "database.cannot_open",
                   "The database " + without_password(url) + " can't be opened: " + why);
  }
  try {
    session->begin_read();
    auto inspection = inspect_in(*session);
    session->roll_back();
    return inspection;
  } catch (const soci::soci_error& error) {
    return std::unexpected(to_error(error));
  }
}

}  // namespace orbit::storage
