// SqliteUnitOfWork: transactions on SQLite. One writer at a time, in the order they came, those that wait committed
// together; as many readers as there are sessions, each on its own snapshot. Any thread; what is written may run on the
// thread of another that waits for the writer. The commit listener is called while the writer's turn still lasts, so in
// commit order.
#pragma once

#include "storage/group_commit.hpp"
#include "storage/soci_unit_of_work.hpp"

namespace orbit::storage {

class SqliteUnitOfWork final : public SociUnitOfWork {
 public:
  /// Writing transactions that may share a commit.
  static constexpr std::size_t max_group = 64;

  /// `patience` is how long a transaction waits for its turn to write.
  SqliteUnitOfWork(SessionPool& writers, SessionPool& readers, std::chrono::milliseconds patience,
                   const Metrics& metrics)
      : SociUnitOfWork(writers, readers, metrics), group_commit_(max_group, patience) {}

 protected:
  kernel::Result<> run_transaction(const WriteWork& work) override;

 private:
  using Job = GroupCommit::Job;

  void commit_group(std::span<Job* const> group);
  void commit_group_in(DatabaseSession& session, std::span<Job* const> group);
  void run_job(DatabaseSession& session, Job& job, std::vector<kernel::DomainEvent>& emitted);

  GroupCommit group_commit_;
};

}  // namespace orbit::storage
