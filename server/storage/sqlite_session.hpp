// SqliteSession: a connection to a SQLite file. For this room's own .cpp files; belongs to the thread that it is lent
// to.
#pragma once

#include <filesystem>

#include "storage/database.hpp"
#include "storage/database_session.hpp"

namespace orbit::storage {

class SqliteSession final : public DatabaseSession {
 public:
  /// Throws soci::soci_error.
  SqliteSession(const std::filesystem::path& path, Durability durability);

  void begin_read() override;
  void begin_write() override;
  void begin_alone() override { begin_write(); }
  void commit() override;
  bool roll_back() noexcept override;

  // One that isn't reset would keep its transaction open.
  void failed(const std::string& sql) override { forget(sql); }
};

}  // namespace orbit::storage
