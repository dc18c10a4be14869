// SociContext: the transaction that repositories work in. One class serves both kinds of context: what may not write is
// handed it as a const ReadContext. For this room's own .cpp files; belongs to the thread that runs the transaction.
#pragma once

#include <vector>

#include "kernel/unit_of_work.hpp"
#include "storage/database_session.hpp"

namespace orbit::storage {

class SociContext final : public kernel::WriteContext {
 public:
  explicit SociContext(DatabaseSession& session) : session_(session) {}

  [[nodiscard]] DatabaseSession& session() const { return session_; }
  [[nodiscard]] std::vector<kernel::DomainEvent>& emitted() { return emitted_; }

 private:
  // On PostgreSQL the lock is that of the row.
  void take_lock(kernel::WorkspaceId workspace) override;
  void take_lock(kernel::UserId person) override;
  void add_event(kernel::DomainEvent event) override { emitted_.push_back(std::move(event)); }

  DatabaseSession& session_;
  std::vector<kernel::DomainEvent> emitted_;
};

/// Every context that this room's units of work hand out is a SociContext.
[[nodiscard]] inline DatabaseSession& session_of(const kernel::ReadContext& context) {
  return static_cast<const SociContext&>(context).session();
}

}  // namespace orbit::storage
