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

  using kernel::WriteContext::emit;
  void emit(kernel::DomainEvent event) override { emitted_.push_back(std::move(event)); }

  [[nodiscard]] DatabaseSession& session() const { return session_; }
  [[nodiscard]] std::vector<kernel::DomainEvent>& emitted() { return emitted_; }

 private:
  DatabaseSession& session_;
  std::vector<kernel::DomainEvent> emitted_;
};

/// Every context that this room's unit of work hands out is a SociContext.
[[nodiscard]] inline DatabaseSession& session_of(const kernel::ReadContext& context) {
  return static_cast<const SociContext&>(context).session();
}

}  // namespace orbit::storage
