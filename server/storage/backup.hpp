// Backups of a SQLite database: made while a node serves it, put back while none does. Plain functions: any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "kernel/clock.hpp"
#include "kernel/error.hpp"

namespace orbit::storage {

/// Copies what is committed now to `file`, which must not be there yet, and returns how many bytes that is. It is
/// there, whole, checked, synced and for its owner's eyes only, or not at all. Errors: conflict "backup.exists";
/// invalid "backup.postgresql", "backup.not_orbit"; unavailable "backup.cannot_write"; those of SqliteFile.
[[nodiscard]] kernel::Result<std::uintmax_t> back_up(std::string_view url, const std::filesystem::path& file);

struct Restored {
  std::string epoch;             // that of the log from now on
  std::filesystem::path former;  // where the database that was there is now; empty if there was none
};

/// Puts a copy of `file` in the place of the database, with an epoch of its own, and keeps the former one beside it.
/// Until the copy is checked nothing is touched. Errors: as above, and conflict "database.served", "database.newer".
[[nodiscard]] kernel::Result<Restored> restore(std::string_view url, const std::filesystem::path& file,
                                               const kernel::Clock& clock);

}  // namespace orbit::storage
