#include "storage/database_engine.hpp"

#include <algorithm>

#include "storage/postgresql_session.hpp"
#include "storage/postgresql_unit_of_work.hpp"
#include "storage/sqlite_file.hpp"
#include "storage/sqlite_session.hpp"
#include "storage/sqlite_unit_of_work.hpp"

namespace orbit::storage {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

SessionPool::Metrics pool_metrics(kernel::MetricsRegistry& metrics, const char* pool) {
  return {
      metrics.counter("orbit_database_waits_total", "Transactions that waited for a session", {{"pool", pool}}),
      metrics.counter("orbit_database_timeouts_total", "Transactions that waited in vain", {{"pool", pool}}),
      metrics.histogram("orbit_database_wait_seconds", "Waiting for a session, 0 where one was idle", {{"pool", pool}}),
      metrics.gauge("orbit_database_sessions", "Connections to the database", {{"pool", pool}}),
      metrics.gauge("orbit_database_sessions_in_use", "Of them, those that a transaction has", {{"pool", pool}})};
}

SociUnitOfWork::Metrics unit_of_work_metrics(kernel::MetricsRegistry& metrics) {
  return {metrics.counter("orbit_database_failures_total", "Transactions that failed in the database"),
          metrics.counter("orbit_database_transactions_total", "Transactions that were to write"),
          metrics.counter("orbit_database_commits_total", "Commits; those who wait at the same time share one"),
          pool_metrics(metrics, "writer").timeouts};
}

Reopener::Metrics reopener_metrics(kernel::MetricsRegistry& metrics) {
  return {metrics.gauge("orbit_database_up", "Whether the database could be reached, when that was last tried"),
          metrics.counter("orbit_database_reconnects_total", "Connections opened in place of broken ones")};
}

std::unexpected<kernel::Error> cannot_open(const std::string& name, const soci::soci_error& error) {
  std::string why = error.what();
  std::ranges::replace(why, '\n', ' ');
  while (why.ends_with(' ')) why.pop_back();
  return failure(ErrorKind::unavailable, "database.cannot_open", "The database " + name + " can't be opened: " + why);
}

}  // namespace

Result<DatabaseEngine> open_engine(const SqliteUrl& url, const DatabaseOptions& options,
                                   kernel::MetricsRegistry& metrics) {
  std::error_code ignored;  // what is missing shows when the file is opened
  if (url.path.has_parent_path()) std::filesystem::create_directories(url.path.parent_path(), ignored);
  if (const auto fine = look_over(url.path); !fine) return std::unexpected(fine.error());
  const SessionPool::Open open = [&] { return std::make_unique<SqliteSession>(url.path, options.durability); };
  try {
    auto writers = std::make_unique<SessionPool>(1, open, options.patience, pool_metrics(metrics, "writer"));
    auto readers =
        std::make_unique<SessionPool>(options.readers, open, options.patience, pool_metrics(metrics, "reader"));
    auto unit_of_work =
        std::make_unique<SqliteUnitOfWork>(*writers, *readers, options.patience, unit_of_work_metrics(metrics));
    return DatabaseEngine{DatabaseSession::Kind::sqlite, std::move(writers), std::move(readers), nullptr,
                          std::move(unit_of_work)};
  } catch (const soci::soci_error& error) {
    return cannot_open(url.path.string(), error);
  }
}

Result<DatabaseEngine> open_engine(const PostgresqlUrl& url, const DatabaseOptions& options,
                                   kernel::MetricsRegistry& metrics) {
  if (options.durability != Durability::full) {
    return failure(ErrorKind::invalid, "database.durability",
                   "--durability is SQLite's: what a power cut may take from PostgreSQL is set on the server, with "
                   "synchronous_commit.");
  }
  const auto settings = std::make_shared<const PostgresqlSettings>(url, options.patience);
  const SessionPool::Open open = [settings] { return std::make_unique<PostgresqlSession>(settings); };
  const std::size_t half = url.pool_size / 2;
  try {
    auto writers = std::make_unique<SessionPool>(half, open, options.patience, pool_metrics(metrics, "writer"));
    auto readers =
        std::make_unique<SessionPool>(url.pool_size - half, open, options.patience, pool_metrics(metrics, "reader"));
    auto reopener = std::make_unique<Reopener>(open, std::vector<SessionPool*>{writers.get(), readers.get()},
                                               reopener_metrics(metrics),
                                               Reopener::Options{.longest_loan = 3 * url.statement_timeout});
    auto unit_of_work = std::make_unique<PostgresqlUnitOfWork>(*writers, *readers, unit_of_work_metrics(metrics));
    return DatabaseEngine{DatabaseSession::Kind::postgresql, std::move(writers), std::move(readers),
                          std::move(reopener), std::move(unit_of_work)};
  } catch (const soci::soci_error& error) {
    return cannot_open(url.shown, error);
  }
}

}  // namespace orbit::storage
