// PostgresqlSession: a connection to a PostgreSQL server, or to a PgBouncer before it, so that nothing is set for
// longer than a transaction. For this room's own .cpp files; belongs to the thread that it is lent to.
#pragma once

#include <atomic>

#include "storage/database_session.hpp"
#include "storage/database_url.hpp"

namespace orbit::storage {

/// What a session does by itself; the same for all of a database.
struct PostgresqlSettings {
  PostgresqlSettings(const PostgresqlUrl& url, std::chrono::milliseconds lock_timeout);

  std::string connection;
  std::string begin_read;
  std::string begin_write;
  bool keeps_statements;
};

class PostgresqlSession final : public DatabaseSession {
 public:
  /// Throws soci::soci_error.
  explicit PostgresqlSession(std::shared_ptr<const PostgresqlSettings> settings);
  ~PostgresqlSession() override;

  void begin_read() override { command(settings_->begin_read); }
  void begin_write() override { command(settings_->begin_write); }
  void begin_alone() override;

  /// Throws std::runtime_error where the transaction had been ended by what ran in it.
  void commit() override;
  bool roll_back() noexcept override;
  [[nodiscard]] bool is_alive() noexcept override;
  void cut_off() noexcept override;
  [[nodiscard]] bool keeps_statements() const override { return settings_->keeps_statements; }

 private:
  // Runs one or more statements in one round trip and returns the tag of the last: "COMMIT".
  std::string command(const std::string& sql);

  const std::shared_ptr<const PostgresqlSettings> settings_;
  const int socket_;                      // our own descriptor of libpq's socket, which may close its own at any time
  std::atomic<bool> takes_time_ = false;  // begun alone
};

}  // namespace orbit::storage
