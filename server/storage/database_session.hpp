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

class DatabaseSession {
 public:
  /// Beyond it all are dropped: more than that were never written by hand.
  static constexpr std::size_t max_prepared = 256;

  /// Throws soci::soci_error.
  DatabaseSession(const soci::backend_factory& backend, const std::string& connection)
      : session_(backend, connection) {}

  [[nodiscard]] soci::session& soci() { return session_; }

  /// The statement of that text and kind, made from the session and the text where there is none yet. Throws
  /// soci::soci_error.
  template <class Statement>
  [[nodiscard]] Statement& prepared(const std::string& sql) {
    const auto found = prepared_.find(sql);
    if (found != prepared_.end()) {
      if (auto* known = dynamic_cast<Statement*>(found->second.get())) return *known;
    }
    auto made = std::make_unique<Statement>(session_, sql);
    Statement& statement = *made;
    if (prepared_.size() >= max_prepared) prepared_.clear();
    prepared_.insert_or_assign(sql, std::move(made));
    return statement;
  }

  /// Drops a statement that failed half-way.
  void forget(const std::string& sql) { prepared_.erase(sql); }

 private:
  soci::session session_;
  std::unordered_map<std::string, std::unique_ptr<Prepared>> prepared_;  // gone before the session is
};

}  // namespace orbit::storage
