#include "storage/soci_error.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <string_view>

namespace orbit::storage {

using kernel::Error;
using kernel::ErrorKind;

namespace {

Error unavailable(const char* code, const char* message) {
  return {ErrorKind::unavailable, code, message, {}, std::chrono::seconds{1}};
}

Error conflict() {
  return {ErrorKind::conflict, "database.conflict", "Somebody else changed the same thing at the same time."};
}

Error full() { return unavailable("database.full", "The disk is full. Nothing was changed."); }

Error of_sqlite(int result) {
  switch (result & 0xff) {
    case SQLITE_CONSTRAINT:
      return conflict();
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return busy_error();
    case SQLITE_FULL:
      return full();
    case SQLITE_READONLY:
      return unavailable("database.read_only", "The database can only be read right now. Nothing was changed.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return unavailable("database.damaged", "The database is damaged. Nothing was changed.");
    default:
      return unavailable_error();
  }
}

constexpr std::string_view unique_violation = "23505";

// Appendix A of PostgreSQL's manual lists the states.
Error of_postgresql(std::string_view state) {
  constexpr std::string_view foreign_key_violation = "23503";
  constexpr std::string_view serialization_failure = "40001";
  constexpr std::string_view deadlock_detected = "40P01";
  constexpr std::string_view lock_not_available = "55P03";
  constexpr std::string_view query_canceled = "57014";
  constexpr std::string_view disk_full = "53100";
  if (state == unique_violation || state == foreign_key_violation) return conflict();
  if (state == serialization_failure || state == deadlock_detected || state == lock_not_available) return busy_error();
  if (state == query_canceled) {
    return unavailable("database.too_slow", "The database took too long. Nothing was changed.");
  }
  if (state == disk_full) return full();
  return unavailable_error();
}

}  // namespace

Error busy_error() { return unavailable("database.busy", "The database is busy. Try again in a moment."); }

Error unavailable_error() {
  return unavailable("database.unavailable", "The database can't be used right now. Nothing was changed.");
}

Error to_error(const soci::soci_error& error) {
  if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error)) return of_sqlite(sqlite->result());
  if (const auto* postgresql = dynamic_cast<const soci::postgresql_soci_error*>(&error)) {
    return of_postgresql(postgresql->sqlstate());
  }
  return unavailable_error();
}

std::string describe(const soci::soci_error& error) {
  const std::string_view text = error.what();
  return std::string(text.substr(0, text.find("\" with :")));
}

bool is_taken(const soci::soci_error& error) {
  const auto* postgresql = dynamic_cast<const soci::postgresql_soci_error*>(&error);
  return postgresql != nullptr && postgresql->sqlstate() == unique_violation;
}

}  // namespace orbit::storage
