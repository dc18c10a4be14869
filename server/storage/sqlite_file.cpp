#include "storage/sqlite_file.hpp"

#include <sqlite3.h>

#include <cstring>

namespace orbit::storage {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

constexpr int patience_ms = 5'000;
constexpr int pages_at_a_time = 1'024;

// An error names no more than one of these.
constexpr std::size_t max_words = 300;

}  // namespace

void SqliteFile::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

std::unexpected<kernel::Error> SqliteFile::failed(int result, const std::string& why) const {
  const std::string name = path_.string();
  const auto unavailable = [](const char* code, std::string message) {
    return failure(ErrorKind::unavailable, code, std::move(message));
  };
  switch (result & 0xff) {
    case SQLITE_NOTADB:
      return unavailable("database.not_a_database",
                         "The database " + name + " can't be opened: that file is no SQLite database.");
    case SQLITE_CORRUPT:
      return unavailable("database.damaged",
                         "The database " + name + " is damaged (" + why.substr(0, max_words) +
                             "). Put back a backup with `orbit restore FILE`; without one, save what can be read with "
                             "`sqlite3 " +
                             name + " .recover | sqlite3 saved.db`, then `orbit restore saved.db`.");
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return unavailable("database.cannot_write", "The database " + name +
                                                      " can't be written: see whose it and its folder are, and whether "
                                                      "their file system is mounted read-only.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable("database.busy", "The database " + name + " is locked by another program.");
    case SQLITE_FULL:
      return unavailable("database.full", "The disk is full: " + name + " can't be written.");
    case SQLITE_CANTOPEN:
      return unavailable("database.cannot_open", "The database " + name +
                                                     " can't be opened: see whether it and its folder are there, and "
                                                     "may be read and written by this user.");
    default:
      return unavailable("database.unavailable", "The database " + name + " can't be used: " + why + ".");
  }
}

std::unexpected<kernel::Error> SqliteFile::failed() const {
  return failed(sqlite3_extended_errcode(database_.get()), sqlite3_errmsg(database_.get()));
}

Result<SqliteFile> SqliteFile::open(const std::filesystem::path& path, Access access) {
  sqlite3* database = nullptr;
  // Where there is no write access, SQLite opens it for reading.
  const int result = sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE, nullptr);
  SqliteFile file(path, database);
  if (result != SQLITE_OK) return file.failed(result, sqlite3_errstr(result));
  sqlite3_busy_timeout(database, patience_ms);
  if (access == Access::write && sqlite3_db_readonly(database, "main") == 1) return file.failed(SQLITE_READONLY, "");
  if (const auto read = file.run("SELECT count(*) FROM sqlite_master"); !read) return std::unexpected(read.error());
  return file;
}

Result<std::string> SqliteFile::run(const std::string& sql) const {
  std::string lines;
  const auto take = [](void* to, int columns, char** values, char**) {
    auto& text = *static_cast<std::string*>(to);
    if (!text.empty()) text += '\n';
    if (columns > 0 && values[0] != nullptr) text += values[0];
    return 0;
  };
  if (sqlite3_exec(database_.get(), sql.c_str(), take, &lines, nullptr) != SQLITE_OK) return failed();
  return lines;
}

Result<> SqliteFile::check(bool thorough) const {
  const auto told = run(thorough ? "PRAGMA integrity_check(3)" : "PRAGMA quick_check(3)");
  if (!told) return std::unexpected(told.error());
  if (*told != "ok") return failed(SQLITE_CORRUPT, *told);
  if (!thorough) return {};
  const auto broken =
      run("SELECT \"table\" || ' refers to what isn''t in ' || parent FROM pragma_foreign_key_check LIMIT 1");
  if (!broken) return std::unexpected(broken.error());
  if (!broken->empty()) return failed(SQLITE_CORRUPT, *broken);
  return {};
}

Result<> SqliteFile::copy_to(const SqliteFile& copy) const {
  // A transaction that has begun to read: without it, each commit of another would make the copying begin anew.
  if (const auto begun = run("BEGIN; SELECT count(*) FROM sqlite_master"); !begun)
    return std::unexpected(begun.error());
  sqlite3_backup* copying = sqlite3_backup_init(copy.database_.get(), "main", database_.get(), "main");
  if (copying == nullptr) return copy.failed();
  int result = SQLITE_OK;
  while (result == SQLITE_OK) result = sqlite3_backup_step(copying, pages_at_a_time);
  sqlite3_backup_finish(copying);
  sqlite3_exec(database_.get(), "COMMIT", nullptr, nullptr, nullptr);  // nothing was written: there is nothing to lose
  const bool is_source = (result & 0xff) == SQLITE_CORRUPT || (result & 0xff) == SQLITE_NOTADB;
  if (result != SQLITE_DONE) return (is_source ? *this : copy).failed(result, sqlite3_errstr(result));
  return {};
}

Result<> look_over(const std::filesystem::path& path) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(path, missing);
  if (missing || size == 0) return {};
  const auto file = SqliteFile::open(path, SqliteFile::Access::write);
  if (!file) return std::unexpected(file.error());
  return size <= max_checked_at_start ? file->check(false) : Result<>{};
}

}  // namespace orbit::storage
