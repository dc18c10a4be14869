// SociUnitOfWork: transactions on SQLite. One writer at a time, in the order they came; as many readers as there are
// sessions, each on its own snapshot. Any thread; a transaction stays on the thread that asked for it.
#pragma once

#include "kernel/unit_of_work.hpp"
#include "storage/session_pool.hpp"

namespace orbit::storage {

class SociUnitOfWork final : public kernel::UnitOfWork {
 public:
  SociUnitOfWork(SessionPool& writers, SessionPool& readers, kernel::Metric& failures)
      : writers_(writers), readers_(readers), failures_(failures) {}

  /// Before the first transaction; nullptr for none. Called while the writer's turn still lasts, so in commit order.
  void set_commit_listener(kernel::CommitListener* listener) { listener_ = listener; }

 protected:
  kernel::Result<> run_transaction(const WriteWork& work) override;
  kernel::Result<> read_snapshot(const ReadWork& work) override;

 private:
  void tell_listener(std::span<const kernel::DomainEvent> events);

  template <class Work, class Finish>
  kernel::Result<> transact(SessionPool& pool, const char* begin, const Work& work, const Finish& finish);

  SessionPool& writers_;
  SessionPool& readers_;
  kernel::Metric& failures_;
  kernel::CommitListener* listener_ = nullptr;
};

}  // namespace orbit::storage
