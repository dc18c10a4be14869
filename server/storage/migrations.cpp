#include "storage/migrations.hpp"

#include <cstdint>

#include "storage/event_log_rows.hpp"
#include "storage/sql.hpp"

namespace orbit::storage {

using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

// FNV-1a: tells an edited file from the one that was applied; nothing here is secret.
std::string checksum(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return std::to_string(hash);
}

// Statements end with a semicolon at the end of a line.
std::vector<std::string> statements(std::string_view sql) {
  std::vector<std::string> out;
  std::string statement;
  while (!sql.empty()) {
    const std::string_view line = sql.substr(0, sql.find('\n'));
    sql.remove_prefix(std::min(sql.size(), line.size() + 1));
    if (line.empty() || line.starts_with("--")) continue;
    statement.append(line).append("\n");
    if (line.ends_with(';')) out.push_back(std::exchange(statement, {}));
  }
  return out;
}

void apply(DatabaseSession& session, const Migration& migration, const kernel::Clock& clock) {
  for (const std::string& statement : statements(migration.sql)) session.soci() << statement;
  execute(session, "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (:a, :b, :c, :d)",
          migration.version, std::string(migration.name), checksum(migration.sql), clock.now());
  if (migration.version == 1) {
    execute(session, "INSERT INTO meta (name, content) VALUES (:name, :content)", std::string("epoch"),
            kernel::to_string(kernel::new_uuid(clock)));
  }
}

Result<std::vector<std::string>> apply_missing(DatabaseSession& session, std::span<const Migration> migrations,
                                               const kernel::Clock& clock) {
  session.soci() << "CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
                    "checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";
  const auto applied = select<int, std::string, std::string>(
      session, "SELECT version, name, checksum FROM schema_migrations ORDER BY version");
  if (applied.size() > migrations.size()) {
    return failure(ErrorKind::conflict, "database.newer",
                   "This database was made by a newer orbit: it has " + std::get<1>(applied.back()) +
                       ", which this one doesn't know. Run the newer program.");
  }
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const auto& [version, name, sum] = applied[i];
    if (version != migrations[i].version || sum != checksum(migrations[i].sql)) {
      return failure(ErrorKind::conflict, "database.changed",
                     "This database was made with another version of migration " + name + ". It can't be used.");
    }
  }
  std::vector<std::string> done;
  for (const Migration& migration : migrations.subspan(applied.size())) {
    apply(session, migration, clock);
    done.emplace_back(migration.name);
  }
  return done;
}

}  // namespace

Result<std::vector<std::string>> migrate(DatabaseSession& session, std::span<const Migration> migrations,
                                         const kernel::Clock& clock) {
  session.begin_alone();
  try {
    auto done = apply_missing(session, migrations, clock);
    if (!done) {
      session.roll_back();
      return done;
    }
    if (session.kind() == DatabaseSession::Kind::postgresql) prepare_log_days(session);
    session.commit();
    return done;
  } catch (...) {
    session.roll_back();
    throw;
  }
}

}  // namespace orbit::storage
