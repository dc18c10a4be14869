// Database: opens the database and holds everything that reads and writes it. Any thread, but for open and close.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "billing/subscription.hpp"
#include "identity/operator_key.hpp"
#include "kernel/event_log.hpp"
#include "kernel/metrics.hpp"
#include "workspaces/repositories.hpp"

namespace orbit::storage {

/// What a power cut may take: with `full`, nothing that was answered; with `normal`, the last commits before it, whole,
/// in exchange for a sync less in each. A crash of the program alone takes nothing from either.
enum class Durability { full, normal };

struct DatabaseOptions {
  std::size_t readers = 4;                    // of SQLite; a PostgreSQL URL says how many sessions there may be
  std::chrono::milliseconds patience{2'000};  // how long a transaction waits for its turn
  Durability durability = Durability::full;
};

class Database {
 public:
  /// `url` is as parse_database_url takes it; the folders above a SQLite file are made. Errors name the database,
  /// without its password: invalid "database.bad_url"; invalid "database.durability", for `normal` on PostgreSQL;
  /// unavailable "database.cannot_open", and of a SQLite file those of SqliteFile.
  [[nodiscard]] static kernel::Result<std::unique_ptr<Database>> open(std::string_view url,
                                                                      const DatabaseOptions& options,
                                                                      const kernel::Clock& clock,
                                                                      kernel::MetricsRegistry& metrics);
  /// Whether there is something at the url that `open` would open rather than make, or else has something to
  /// say about.
  [[nodiscard]] static bool exists(std::string_view url);

  ~Database();

  /// Applies what is missing and returns the names of what it applied. Before anything else is asked.
  [[nodiscard]] kernel::Result<std::vector<std::string>> migrate();

  /// Names the log's history anew, so that no cursor from before matches it, and returns the name.
  [[nodiscard]] kernel::Result<std::string> renew_epoch();

  /// For whoever serves from it, on SQLite: where the machine was started anew (`boot_id` is another) since it was last
  /// served with Durability::normal, commits that tabs have seen may be gone, so the epoch is renewed. Says whether it
  /// was.
  [[nodiscard]] kernel::Result<bool> begin_serving(const std::string& boot_id);

  /// Runs `work` while no other node does the same; on SQLite there is none. It may use all that is here.
  [[nodiscard]] kernel::Result<> run_alone(const std::function<kernel::Result<>()>& work);

  /// Whether there is no user yet.
  [[nodiscard]] kernel::Result<bool> is_empty();

  [[nodiscard]] kernel::UnitOfWork& unit_of_work();
  [[nodiscard]] const kernel::EventLog& event_log() const;
  [[nodiscard]] const kernel::LogTrimming& log_trimming() const;
  [[nodiscard]] const identity::SessionRepository& sessions() const;
  [[nodiscard]] const identity::OperatorKeyRepository& operator_keys() const;
  [[nodiscard]] workspaces::Repositories workspaces() const;
  [[nodiscard]] const billing::SubscriptionRepository& subscriptions() const;
  [[nodiscard]] const billing::StripeEventRepository& stripe_events() const;

  /// Whether others may commit to it as well: so on PostgreSQL.
  [[nodiscard]] bool is_shared() const;

  /// Before the first transaction.
  void set_commit_listener(kernel::CommitListener* listener);

 private:
  struct Parts;

  kernel::Result<bool> note_serving(const std::string& boot_id);

  explicit Database(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace orbit::storage
