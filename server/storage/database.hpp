// Database: opens the database and holds everything that reads and writes it. Any thread, but for open and close.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "billing/subscription.hpp"
#include "kernel/event_log.hpp"
#include "kernel/metrics.hpp"
#include "workspaces/repositories.hpp"

namespace orbit::storage {

struct DatabaseOptions {
  std::size_t readers = 4;
  std::chrono::milliseconds patience{2'000};  // how long a transaction waits for its turn
};

class Database {
 public:
  /// `url` is "sqlite:PATH"; the folders above it are made. Errors name the path: invalid "database.bad_url";
  /// unavailable "database.cannot_open".
  [[nodiscard]] static kernel::Result<std::unique_ptr<Database>> open(std::string_view url,
                                                                      const DatabaseOptions& options,
                                                                      const kernel::Clock& clock,
                                                                      kernel::MetricsRegistry& metrics);
  ~Database();

  /// Applies what is missing and returns the names of what it applied. Before anything else is asked.
  [[nodiscard]] kernel::Result<std::vector<std::string>> migrate();

  /// Whether there is no user yet.
  [[nodiscard]] kernel::Result<bool> is_empty();

  [[nodiscard]] kernel::UnitOfWork& unit_of_work();
  [[nodiscard]] const kernel::EventLog& event_log() const;
  [[nodiscard]] const identity::SessionRepository& sessions() const;
  [[nodiscard]] workspaces::Repositories workspaces() const;
  [[nodiscard]] const billing::SubscriptionRepository& subscriptions() const;
  [[nodiscard]] const billing::StripeEventRepository& stripe_events() const;

  /// Before the first transaction.
  void set_commit_listener(kernel::CommitListener* listener);

 private:
  struct Parts;

  explicit Database(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace orbit::storage
