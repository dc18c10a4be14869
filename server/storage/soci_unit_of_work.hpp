// SociUnitOfWork: transactions on SQLite. One writer at a time, in the order they came, those that wait committed
// together; as many readers as there are sessions, each on its own snapshot. Any thread; what is written may run on the
// thread of another that waits for the writer.
#pragma once

#include "kernel/unit_of_work.hpp"
#include "storage/group_commit.hpp"
#include "storage/session_pool.hpp"

namespace orbit::storage {

class SociContext;

class SociUnitOfWork final : public kernel::UnitOfWork {
 public:
  struct Metrics {
    kernel::Metric& failures;
    kernel::Metric& transactions;  // that were to write
    kernel::Metric& commits;       // which they shared
    kernel::Metric& timeouts;      // of those who waited for the writer in vain
  };

  /// Writing transactions that may share a commit.
  static constexpr std::size_t max_group = 64;

  /// `patience` is how long a transaction waits for its turn to write.
  SociUnitOfWork(SessionPool& writers, SessionPool& readers, std::chrono::milliseconds patience, const Metrics& metrics)
      : writers_(writers), readers_(readers), metrics_(metrics), group_commit_(max_group, patience) {}

  /// Before the first transaction; nullptr for none. Called while the writer's turn still lasts, so in commit order.
  void set_commit_listener(kernel::CommitListener* listener) { listener_ = listener; }

 protected:
  kernel::Result<> run_transaction(const WriteWork& work) override;
  kernel::Result<> read_snapshot(const ReadWork& work) override;

 private:
  using Job = GroupCommit::Job;

  void commit_group(std::span<Job* const> group);
  void commit_group_in(DatabaseSession& session, std::span<Job* const> group);
  void run_job(DatabaseSession& session, Job& job, std::vector<kernel::DomainEvent>& emitted);
  void tell_listener(std::span<const kernel::DomainEvent> events);
  [[nodiscard]] std::unexpected<kernel::Error> report(const soci::soci_error& error);

  SessionPool& writers_;
  SessionPool& readers_;
  Metrics metrics_;
  GroupCommit group_commit_;
  kernel::CommitListener* listener_ = nullptr;
};

}  // namespace orbit::storage
