// SociUnitOfWork: what the transactions of both databases have in common: reading, writing the log, what becomes of
// errors. Any thread.
#pragma once

#include "kernel/unit_of_work.hpp"
#include "storage/session_pool.hpp"

namespace orbit::storage {

class SociUnitOfWork : public kernel::UnitOfWork {
 public:
  struct Metrics {
    kernel::Metric& failures;
    kernel::Metric& transactions;  // that were to write
    kernel::Metric& commits;       // which they may share
    kernel::Metric& timeouts;      // of those who waited for their turn to write in vain
  };

  /// Before the first transaction; nullptr for none.
  void set_commit_listener(kernel::CommitListener* listener) { listener_ = listener; }

 protected:
  /// A transaction inside a transaction would wait for itself: that is a std::logic_error.
  class NestingGuard {
   public:
    NestingGuard();
    NestingGuard(const NestingGuard&) = delete;
    NestingGuard& operator=(const NestingGuard&) = delete;
    ~NestingGuard();
  };
  static void refuse_nesting();

  SociUnitOfWork(SessionPool& writers, SessionPool& readers, const Metrics& metrics)
      : writers_(writers), readers_(readers), metrics_(metrics) {}

  kernel::Result<> read_snapshot(const ReadWork& work) override;

  /// Gives the events their seqs and writes them to the log.
  static void write_log(DatabaseSession& session, std::vector<kernel::DomainEvent>& events);

  void tell_listener(std::span<const kernel::DomainEvent> events);
  [[nodiscard]] std::unexpected<kernel::Error> report(const soci::soci_error& error);

  [[nodiscard]] SessionPool& writers() { return writers_; }
  [[nodiscard]] Metrics& metrics() { return metrics_; }

 private:
  SessionPool& writers_;
  SessionPool& readers_;
  Metrics metrics_;
  kernel::CommitListener* listener_ = nullptr;
};

}  // namespace orbit::storage
