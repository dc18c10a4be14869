// SqliteFile: a SQLite database as a file, for what goes beside the program's own transactions: looking it over,
// copying it. Owned by whoever opened it; one thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "kernel/error.hpp"

struct sqlite3;

namespace orbit::storage {

class SqliteFile {
 public:
  enum class Access { read, write };

  /// The file must be there. Errors of this and all below name the file and the way out: unavailable
  /// "database.cannot_open", "database.not_a_database", "database.damaged", "database.cannot_write" (where write access
  /// is asked for and not had), "database.busy", "database.full", "database.unavailable".
  [[nodiscard]] static kernel::Result<SqliteFile> open(const std::filesystem::path& path, Access access);

  /// Runs one or more statements, and returns the first column of all rows of the last, each on a line of its own.
  [[nodiscard]] kernel::Result<std::string> run(const std::string& sql) const;

  /// Reads every page: `thorough` also holds indexes against their tables, and references against what they name.
  [[nodiscard]] kernel::Result<> check(bool thorough) const;

  /// Writes all that is committed now into `copy`, in place of what that holds. Others may go on reading and writing
  /// meanwhile: it is one snapshot, however long it takes.
  [[nodiscard]] kernel::Result<> copy_to(const SqliteFile& copy) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };

  SqliteFile(std::filesystem::path path, sqlite3* database) : path_(std::move(path)), database_(database) {}

  [[nodiscard]] std::unexpected<kernel::Error> failed(int result, const std::string& why) const;
  [[nodiscard]] std::unexpected<kernel::Error> failed() const;

  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> database_;
};

/// Whether a node can serve from the file, as far as that shows at a glance; one of up to max_checked_at_start bytes is
/// read whole. What isn't there yet is fine. Errors: those of SqliteFile.
[[nodiscard]] kernel::Result<> look_over(const std::filesystem::path& path);

constexpr std::uintmax_t max_checked_at_start = 64UL * 1024 * 1024;

}  // namespace orbit::storage
