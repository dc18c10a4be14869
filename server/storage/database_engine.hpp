// DatabaseEngine: what differs between the databases, put together: sessions and transactions. For this room's own .cpp
// files; any thread, once opened.
#pragma once

#include "storage/database.hpp"
#include "storage/database_url.hpp"
#include "storage/reopener.hpp"
#include "storage/session_pool.hpp"
#include "storage/soci_unit_of_work.hpp"

namespace orbit::storage {

struct DatabaseEngine {
  DatabaseSession::Kind kind;
  std::unique_ptr<SessionPool> writers;
  std::unique_ptr<SessionPool> readers;
  std::unique_ptr<Reopener> reopener;  // PostgreSQL's only
  std::unique_ptr<SociUnitOfWork> unit_of_work;
};

/// Errors: those of Database::open.
[[nodiscard]] kernel::Result<DatabaseEngine> open_engine(const SqliteUrl& url, const DatabaseOptions& options,
                                                         kernel::MetricsRegistry& metrics);
[[nodiscard]] kernel::Result<DatabaseEngine> open_engine(const PostgresqlUrl& url, const DatabaseOptions& options,
                                                         kernel::MetricsRegistry& metrics);

}  // namespace orbit::storage
