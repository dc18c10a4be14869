#include "storage/sqlite_session.hpp"

#include <soci/sqlite3/soci-sqlite3.h>
#include <spdlog/spdlog.h>

#include "storage/sql.hpp"

namespace orbit::storage {

SqliteSession::SqliteSession(const std::filesystem::path& path, Durability durability)
    : DatabaseSession(Kind::sqlite, soci::sqlite3, "db=\"" + path.string() + "\" timeout=5") {
  // WAL lets readers go on beside the writer; FULL syncs at each commit, so that what was answered survives power loss;
  // NORMAL syncs at checkpoints only.
  soci() << "PRAGMA journal_mode = WAL";
  soci() << (durability == Durability::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  soci() << "PRAGMA foreign_keys = ON";
  soci() << "PRAGMA cache_size = -16000";
  soci() << "SELECT count(*) FROM sqlite_master";
}

void SqliteSession::begin_read() { execute(*this, "BEGIN"); }

void SqliteSession::begin_write() { execute(*this, "BEGIN IMMEDIATE"); }

void SqliteSession::commit() { execute(*this, "COMMIT"); }

// After some errors SQLite has rolled back by itself.
bool SqliteSession::roll_back() noexcept {
  try {
    execute(*this, "ROLLBACK");
    return true;
  } catch (const soci::soci_error& error) {
    spdlog::debug("rollback: {}", error.what());
    return false;
  }
}

}  // namespace orbit::storage
