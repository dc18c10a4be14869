// DatabaseSession: a connection to the database, with the statements that were prepared on it. For this room's own .cpp
// files; belongs to the thread that it is lent to.
#pragma once

#include <soci/soci.h>

#include <memory>
#include <string>
#include <unordered_map>

namespace orbit::storage {

/// What a session keeps for the next time that the same is asked.
class Prepared {
 public:
  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  virtual ~Prepared() = default;
};

/// What the two databases don't have in common is in SqliteSession and PostgresqlSession.
class DatabaseSession {
 public:
  enum class Kind { sqlite, postgresql };

  /// Beyond it all are dropped: more than that were never written by hand.
  static constexpr std::size_t max_prepared = 256;

  DatabaseSession(const DatabaseSession&) = delete;
  DatabaseSession& operator=(const DatabaseSession&) = delete;
  virtual ~DatabaseSession() = default;

  [[nodiscard]] soci::session& soci() { return session_; }
  [[nodiscard]] Kind kind() const { return kind_; }

  /// Begin, commit and roll_back throw soci::soci_error, but roll_back doesn't: false where there was nothing to roll
  /// back any more.
  virtual void begin_read() = 0;
  virtual void begin_write() = 0;
  /// As begin_write, alone among all nodes, for however long it takes: for migrations and the like.
  virtual void begin_alone() = 0;
  virtual void commit() = 0;
  virtual bool roll_back() noexcept = 0;

  /// Between transactions: false once the connection broke, or the last one could not be ended: then the session is of
  /// no use any more. Doesn't wait.
  [[nodiscard]] virtual bool is_alive() noexcept { return true; }

  /// Any thread: breaks the connection, so that whoever waits for an answer stops waiting.
  virtual void cut_off() noexcept {}

  /// Whether a statement may be kept from one transaction to the next.
  [[nodiscard]] virtual bool keeps_statements() const { return true; }

  /// The statement of that text and kind, made from the session and the text where there is none yet. Throws
  /// soci::soci_error.
  template <class Statement>
  [[nodiscard]] Statement& prepared(const std::string& sql) {
    const auto found = prepared_.find(sql);
    if (found != prepared_.end()) {
      if (auto* known = dynamic_cast<Statement*>(found->second.get())) return *known;
    }
    auto made = std::make_unique<Statement>(session_, sql, soci::details::st_repeatable_query);
    Statement& statement = *made;
    if (prepared_.size() >= max_prepared) prepared_.clear();
    prepared_.insert_or_assign(sql, std::move(made));
    return statement;
  }

  /// Told of a statement that failed half-way.
  virtual void failed(const std::string&) {}

 protected:
  /// Throws soci::soci_error.
  DatabaseSession(Kind kind, const soci::backend_factory& backend, const std::string& connection)
      : kind_(kind), session_(backend, connection) {}

  void forget(const std::string& sql) { prepared_.erase(sql); }

 private:
  const Kind kind_;
  soci::session session_;
  std::unordered_map<std::string, std::unique_ptr<Prepared>> prepared_;  // gone before the session is
};

}  // namespace orbit::storage
