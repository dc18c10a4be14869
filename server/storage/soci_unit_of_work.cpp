#include "storage/soci_unit_of_work.hpp"

#include <spdlog/spdlog.h>

#include <map>
#include <stdexcept>

#include "kernel/fault.hpp"
#include "storage/event_log_rows.hpp"
#include "storage/soci_context.hpp"
#include "storage/soci_error.hpp"

namespace orbit::storage {

using kernel::DomainEvent;
using kernel::ErrorKind;
using kernel::Result;

namespace {

// A transaction inside a transaction would wait for itself.
thread_local bool in_transaction = false;

class NestingGuard {
 public:
  NestingGuard() {
    if (in_transaction) throw std::logic_error("a transaction was begun inside a transaction");
    in_transaction = true;
  }
  NestingGuard(const NestingGuard&) = delete;
  NestingGuard& operator=(const NestingGuard&) = delete;
  ~NestingGuard() { in_transaction = false; }
};

void roll_back(soci::session& session) noexcept {
  try {
    session << "ROLLBACK";
  } catch (const soci::soci_error& error) {
    // SQLite has rolled back by itself after some errors; then there is nothing left to roll back.
    spdlog::debug("rollback: {}", error.what());
  }
}

void write_log(soci::session& session, std::vector<DomainEvent>& events) {
  std::map<kernel::WorkspaceId, kernel::Seq> next;
  for (const DomainEvent& event : events) ++next[event.workspace_id];
  for (auto& [workspace, count] : next) count = reserve_seqs(session, workspace, count);
  for (DomainEvent& event : events) {
    event.seq = next[event.workspace_id]++;
    insert_event(session, event);
  }
}

}  // namespace

template <class Work, class Finish>
Result<> SociUnitOfWork::transact(SessionPool& pool, const char* begin, const Work& work, const Finish& finish) {
  const NestingGuard guard;
  const auto lease = pool.lend();
  if (!lease) {
    return std::unexpected(kernel::Error{ErrorKind::unavailable,
                                         "database.busy",
                                         "The database is busy. Try again in a moment.",
                                         {},
                                         std::chrono::seconds{1}});
  }
  soci::session& session = lease->session();
  try {
    session << begin;
    SociContext context(session);
    try {
      Result<> outcome = work(context);
      if (outcome) {
        finish(session, context);
      } else {
        roll_back(session);
      }
      return outcome;
    } catch (...) {
      roll_back(session);
      throw;
    }
  } catch (const soci::soci_error& error) {
    failures_.add();
    spdlog::error("database: {}", error.what());
    return std::unexpected(to_error(error));
  }
}

void SociUnitOfWork::tell_listener(std::span<const DomainEvent> events) {
  if (listener_ != nullptr && !events.empty()) listener_->committed(events);
}

Result<> SociUnitOfWork::run_transaction(const WriteWork& work) {
  return transact(writers_, "BEGIN IMMEDIATE", work, [this](soci::session& session, SociContext& context) {
    write_log(session, context.emitted());
    const bool too_early = kernel::is_broken(kernel::Fault::publish_before_commit);
    if (too_early) tell_listener(context.emitted());
    session << "COMMIT";
    if (!too_early) tell_listener(context.emitted());
  });
}

Result<> SociUnitOfWork::read_snapshot(const ReadWork& work) {
  return transact(readers_, "BEGIN", work, [](soci::session& session, SociContext&) { session << "COMMIT"; });
}

}  // namespace orbit::storage
