#include "storage/postgresql_session.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace orbit::storage {

namespace {

// A node that stands still, or is cut off, in the middle of a transaction holds its locks no longer than this.
constexpr std::chrono::milliseconds longest_pause{5'000};

// What has no state of its own was said by libpq, not by the server.
constexpr const char* connection_failure = "08006";

// Names what only one node does at a time, among all advisory locks of the database.
constexpr const char* alone_lock = "79876543210001";

std::string set_local(std::chrono::milliseconds statement, std::chrono::milliseconds lock,
                      std::chrono::milliseconds pause) {
  return "; SET LOCAL statement_timeout = " + std::to_string(statement.count()) +
         "; SET LOCAL lock_timeout = " + std::to_string(lock.count()) +
         "; SET LOCAL idle_in_transaction_session_timeout = " + std::to_string(pause.count());
}

soci::postgresql_session_backend& backend_of(soci::session& session) {
  return static_cast<soci::postgresql_session_backend&>(*session.get_backend());
}

}  // namespace

PostgresqlSettings::PostgresqlSettings(const PostgresqlUrl& url, std::chrono::milliseconds lock_timeout)
    : connection(url.connection),
      begin_read("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY" +
                 set_local(url.statement_timeout, lock_timeout, longest_pause)),
      begin_write("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE" +
                  set_local(url.statement_timeout, lock_timeout, longest_pause)),
      keeps_statements(!url.pgbouncer) {}

PostgresqlSession::PostgresqlSession(std::shared_ptr<const PostgresqlSettings> settings)
    : DatabaseSession(Kind::postgresql, soci::postgresql, settings->connection),
      settings_(std::move(settings)),
      socket_(dup(PQsocket(backend_of(soci()).conn_))) {
  const auto log = [](void*, const char* notice) { spdlog::debug("database: {}", notice); };
  PQsetNoticeProcessor(backend_of(soci()).conn_, log, nullptr);
  PQsetErrorVerbosity(backend_of(soci()).conn_, PQERRORS_TERSE);  // without the values of the row in question
}

PostgresqlSession::~PostgresqlSession() { close(socket_); }

void PostgresqlSession::begin_alone() {
  using std::chrono::milliseconds;
  takes_time_ = true;
  command("BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE" +
          set_local(milliseconds{0}, std::chrono::minutes{5}, milliseconds{0}) + "; SELECT pg_advisory_xact_lock(" +
          alone_lock + ")");
}

void PostgresqlSession::commit() {
  takes_time_ = false;
  if (command("COMMIT") != "COMMIT") throw std::runtime_error("a transaction was ended by what ran in it");
}

bool PostgresqlSession::roll_back() noexcept {
  takes_time_ = false;
  try {
    command("ROLLBACK");
    return true;
  } catch (const soci::soci_error& error) {
    spdlog::debug("rollback: {}", error.what());
    return false;
  }
}

// What a server says when it ends a connection can be read without waiting; so can the end itself, behind it.
bool PostgresqlSession::is_alive() noexcept {
  PGconn* connection = backend_of(soci()).conn_;
  if (PQstatus(connection) != CONNECTION_OK || PQtransactionStatus(connection) != PQTRANS_IDLE) return false;
  for (int i = 0; i < 2; ++i) {
    if (PQconsumeInput(connection) == 0) return false;
  }
  PQfreemem(PQnotifies(connection));
  return PQstatus(connection) == CONNECTION_OK;
}

void PostgresqlSession::cut_off() noexcept {
  if (!takes_time_) shutdown(socket_, SHUT_RDWR);
}

std::string PostgresqlSession::command(const std::string& sql) {
  PGconn* connection = backend_of(soci()).conn_;
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection, sql.c_str()), &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return PQcmdStatus(result.get());
  const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  throw soci::postgresql_soci_error(PQerrorMessage(connection), state != nullptr ? state : connection_failure);
}

}  // namespace orbit::storage
