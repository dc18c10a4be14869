// Migrations: numbered SQL files that are part of the program, applied in order, all or none, and recorded. Of several
// nodes that start at once, one applies them while the others wait.
// Called on the thread that has the session.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/error.hpp"
#include "storage/database_session.hpp"

namespace orbit::storage {

struct Migration {
  int version;
  std::string_view name;  // "0001_foundation"
  std::string_view sql;
};

/// Those that are built in for one database, in order; generated from migrations/*.sql.
[[nodiscard]] std::span<const Migration> built_in_migrations(DatabaseSession::Kind kind);

/// Applies what is missing and returns the names of what it applied. A new database also gets its epoch. Errors:
/// conflict "database.newer" (made by a newer program), "database.changed" (an applied migration was another then).
[[nodiscard]] kernel::Result<std::vector<std::string>> migrate(DatabaseSession& session,
                                                               std::span<const Migration> migrations,
                                                               const kernel::Clock& clock);

}  // namespace orbit::storage
