#include "storage/soci_unit_of_work.hpp"

#include <spdlog/spdlog.h>

#include <map>
#include <stdexcept>

#include "storage/event_log_rows.hpp"
#include "storage/soci_context.hpp"
#include "storage/soci_error.hpp"

namespace orbit::storage {

using kernel::DomainEvent;
using kernel::Result;

namespace {

thread_local bool in_transaction = false;

}  // namespace

void SociUnitOfWork::refuse_nesting() {
  if (in_transaction) throw std::logic_error("a transaction was begun inside a transaction");
}

SociUnitOfWork::NestingGuard::NestingGuard() {
  refuse_nesting();
  in_transaction = true;
}

SociUnitOfWork::NestingGuard::~NestingGuard() { in_transaction = false; }

std::unexpected<kernel::Error> SociUnitOfWork::report(const soci::soci_error& error) {
  metrics_.failures.add();
  spdlog::error("database: {}", describe(error));
  return std::unexpected(to_error(error));
}

void SociUnitOfWork::tell_listener(std::span<const DomainEvent> events) {
  if (listener_ != nullptr && !events.empty()) listener_->committed(events);
}

void SociUnitOfWork::write_log(DatabaseSession& session, std::vector<DomainEvent>& events) {
  std::map<kernel::WorkspaceId, Reserved> reserved;
  for (const DomainEvent& event : events) ++reserved[event.workspace_id].next;
  for (auto& [workspace, place] : reserved) place = reserve_seqs(session, workspace, place.next);
  for (DomainEvent& event : events) {
    Reserved& place = reserved[event.workspace_id];
    event.seq = place.next++;
    insert_event(session, event, place.day);
  }
}

Result<> SociUnitOfWork::read_snapshot(const ReadWork& work) {
  const NestingGuard guard;
  const auto lease = readers_.lend();
  if (!lease) return std::unexpected(lease.error());
  DatabaseSession& session = lease->session();
  try {
    session.begin_read();
    const SociContext context(session);
    try {
      Result<> outcome = work(context);
      if (outcome) {
        session.commit();
      } else {
        session.roll_back();
      }
      return outcome;
    } catch (...) {
      session.roll_back();
      throw;
    }
  } catch (const soci::soci_error& error) {
    return report(error);
  }
}

}  // namespace orbit::storage
