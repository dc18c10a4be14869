#include <fmt/format.h>

#include <filesystem>

#include "app/doctor.hpp"
#include "storage/database.hpp"
#include "storage/database_url.hpp"
#include "storage/inspection.hpp"

namespace orbit::app {

namespace fs = std::filesystem;
using State = Finding::State;

namespace {

constexpr std::uintmax_t mebibyte = 1024 * 1024;
constexpr std::uintmax_t large_wal = 256 * mebibyte;
constexpr std::uintmax_t little_space = 64 * mebibyte;
constexpr std::uintmax_t modest_space = 1024 * mebibyte;
constexpr std::chrono::seconds tolerated_skew{5};

std::uintmax_t size_of(const fs::path& path) {
  std::error_code missing;
  const auto size = fs::file_size(path, missing);
  return missing ? 0 : size;
}

void examine_space(const fs::path& path, Findings& findings) {
  std::error_code unknown;
  fs::path folder = fs::absolute(path, unknown).parent_path();
  while (!fs::exists(folder, unknown) && folder.has_relative_path()) folder = folder.parent_path();
  const auto space = fs::space(folder, unknown);
  if (unknown) {
    findings.push_back({State::look, "disk space", "can't be told: " + unknown.message(),
                        "See whether " + folder.string() + " is there."});
    return;
  }
  const std::uintmax_t size = size_of(path);
  const std::string says =
      fmt::format("{} free, the database takes {}", size_in_words(space.available), size_in_words(size));
  if (space.available < little_space) {
    findings.push_back({State::wrong, "disk space", says, "Make room: once it is full, every command answers 507."});
  } else if (space.available < modest_space || space.available < size) {
    findings.push_back(
        {State::look, "disk space", says, "Make room before it runs out; a backup takes as much again."});
  } else {
    findings.push_back({State::ok, "disk space", says});
  }
}

void examine_wal(const fs::path& path, Findings& findings) {
  const std::uintmax_t wal = size_of(path.string() + "-wal");
  if (wal < large_wal) {
    findings.push_back({State::ok, "WAL", size_in_words(wal)});
  } else {
    findings.push_back({State::look, "WAL", size_in_words(wal) + ": it grows while something reads without an end",
                        "See which program holds the file open (fuser -v " + path.string() + ")."});
  }
}

void examine_skew(const storage::Inspection& inspection, kernel::Timestamp now, Findings& findings) {
  if (inspection.server_time) {
    const auto skew = std::chrono::abs(*inspection.server_time - now);
    const bool is_fine = skew <= tolerated_skew;
    findings.push_back({is_fine ? State::ok : State::look, "clocks",
                        fmt::format("this machine's and the database's are {} ms apart", skew.count()),
                        is_fine ? "" : "Let both be set by NTP."});
  }
  if (!inspection.newest_event) return;
  const bool is_past = *inspection.newest_event <= now + tolerated_skew;
  findings.push_back({is_past ? State::ok : State::look, "newest event", kernel::to_iso8601(*inspection.newest_event),
                      is_past ? "" : "It is in the future: this machine's clock is behind, or was ahead."});
}

void tell(const storage::Inspection& inspection, Findings& findings) {
  if (!inspection.missing.empty()) {
    findings.push_back({State::look, "schema",
                        fmt::format("{} of its migrations are missing, from {} on", inspection.missing.size(),
                                    inspection.missing.front()),
                        "A node applies them when it starts; `orbit migrate` does so now. Back up before."});
    return;
  }
  findings.push_back({State::ok, "schema", "up to date"});
  for (const std::string& disagreement : inspection.disagreements) {
    findings.push_back(
        {State::wrong, "log", disagreement,
         "Rows or events were changed by other means than Orbit: restore a backup; or, to go on with what "
         "there is, run `orbit restore-mark`, so that no tab trusts what it has seen."});
  }
  if (inspection.disagreements.empty()) {
    findings.push_back(
        {State::ok, "log",
         fmt::format("{} events of {} workspaces, without gaps", inspection.events, inspection.workspaces)});
  }
}

void examine_connections(const storage::Inspection& inspection, const storage::PostgresqlUrl& url,
                         const std::string& backplane, Findings& findings) {
  if (!inspection.free_connections) return;
  const auto needed = static_cast<long long>(url.pool_size) + (backplane == "postgres" ? 1 : 0);
  const bool enough = *inspection.free_connections >= needed;
  findings.push_back({enough ? State::ok : State::wrong, "connections",
                      fmt::format("the server has {} free, a node takes {}", *inspection.free_connections, needed),
                      enough ? "" : "Raise the server's max_connections, or lower pool_size in the URL."});
}

}  // namespace

void examine_database(const Config& config, const kernel::Clock& clock, Findings& findings) {
  const std::string shown = storage::without_password(config.database);
  const auto url = storage::parse_database_url(config.database);
  if (!url) {
    findings.push_back({State::wrong, "database", url.error().message, "Mend --database."});
    return;
  }
  const auto* sqlite = std::get_if<storage::SqliteUrl>(&*url);
  if (sqlite != nullptr) examine_space(sqlite->path, findings);
  if (sqlite == nullptr && config.durability != storage::Durability::full) {
    findings.push_back({State::wrong, "durability", "--durability is SQLite's", "Leave it out."});
  }
  if (!storage::Database::exists(config.database)) {
    findings.push_back({State::look, "database", shown + " is not there yet", "A node makes it when it starts."});
    return;
  }
  const auto inspection = storage::inspect(config.database);
  if (!inspection) {
    const bool may_pass = inspection.error().code == "database.busy" || inspection.error().code == "database.too_slow";
    findings.push_back({may_pass ? State::look : State::wrong, "database", inspection.error().message,
                        "A node would " + std::string(may_pass ? "wait, or refuse to start." : "refuse to start.")});
    return;
  }
  findings.push_back({State::ok, "database",
                      sqlite != nullptr ? fmt::format("{}, SQLite {}, every page is sound", shown, inspection->version)
                                        : fmt::format("{}, PostgreSQL {}", shown, inspection->version)});
  tell(*inspection, findings);
  examine_skew(*inspection, clock.now(), findings);
  if (sqlite != nullptr) {
    examine_wal(sqlite->path, findings);
  } else {
    examine_connections(*inspection, std::get<storage::PostgresqlUrl>(*url), config.backplane, findings);
  }
}

}  // namespace orbit::app
