// Inspection: what there is to say of a database without changing it, for `orbit doctor`. Plain function: any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/error.hpp"

namespace orbit::storage {

struct Inspection {
  std::string version;               // of SQLite or the server: "15.6"
  std::vector<std::string> missing;  // migrations that were not applied yet
  long long workspaces = 0;
  long long events = 0;                    // in the log
  std::vector<std::string> disagreements;  // between the log and the rows, in words
  std::optional<kernel::Timestamp> newest_event;
  std::optional<kernel::Timestamp> server_time;  // PostgreSQL's
  std::optional<long long> free_connections;     // PostgreSQL's, for an ordinary user
};

/// Of a database that is there; a SQLite file is read whole. Errors: conflict "database.newer"; those of
/// Database::open; those of a read.
[[nodiscard]] kernel::Result<Inspection> inspect(std::string_view url);

}  // namespace orbit::storage
