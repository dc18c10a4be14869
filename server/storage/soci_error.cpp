#include "storage/soci_error.hpp"

#include <soci/sqlite3/soci-sqlite3.h>

namespace orbit::storage {

using kernel::Error;
using kernel::ErrorKind;

kernel::Error to_error(const soci::soci_error& error) {
  const auto unavailable = [](const char* code, const char* message) {
    return Error{ErrorKind::unavailable, code, message, {}, std::chrono::seconds{1}};
  };
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error);
  switch (sqlite != nullptr ? sqlite->result() & 0xff : -1) {
    case SQLITE_CONSTRAINT:
      return {ErrorKind::conflict, "database.conflict", "Somebody else changed the same thing at the same time."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable("database.busy", "The database is busy. Try again in a moment.");
    case SQLITE_FULL:
      return unavailable("database.full", "The disk is full. Nothing was changed.");
    default:
      return unavailable("database.unavailable", "The database can't be used right now. Nothing was changed.");
  }
}

}  // namespace orbit::storage
