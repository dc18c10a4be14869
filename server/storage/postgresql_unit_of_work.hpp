// PostgresqlUnitOfWork: transactions on PostgreSQL, side by side, each on a session of its own. Any thread. The commit
// listener is called after the commit, when others may have committed after it.
#pragma once

#include "storage/soci_unit_of_work.hpp"

namespace orbit::storage {

class PostgresqlUnitOfWork final : public SociUnitOfWork {
 public:
  PostgresqlUnitOfWork(SessionPool& writers, SessionPool& readers, const Metrics& metrics)
      : SociUnitOfWork(writers, readers, metrics) {}

 protected:
  /// One more error: unavailable "database.outcome_unknown", where the connection broke during the commit.
  kernel::Result<> run_transaction(const WriteWork& work) override;

 private:
  enum class Attempt { first, last };

  /// nullopt where somebody else was quicker to take a unique name, at the first attempt.
  std::optional<kernel::Result<>> attempt(const WriteWork& work, Attempt which);
  kernel::Result<> commit(DatabaseSession& session, std::span<const kernel::DomainEvent> emitted);
};

}  // namespace orbit::storage
