#include "storage/postgresql_unit_of_work.hpp"

#include <spdlog/spdlog.h>

#include "kernel/fault.hpp"
#include "storage/soci_context.hpp"
#include "storage/soci_error.hpp"

namespace orbit::storage {

using kernel::DomainEvent;
using kernel::ErrorKind;
using kernel::Result;

namespace {

// No time to try again after: trying again at once might do it twice.
std::unexpected<kernel::Error> outcome_unknown() {
  return kernel::failure(ErrorKind::unavailable, "database.outcome_unknown",
                         "The database was lost at the last moment. This may or may not have been done: look before "
                         "you try again.");
}

}  // namespace

Result<> PostgresqlUnitOfWork::run_transaction(const WriteWork& work) {
  const NestingGuard guard;
  metrics().transactions.add();
  if (const auto done = attempt(work, Attempt::first)) return *done;
  return *attempt(work, Attempt::last);
}

std::optional<Result<>> PostgresqlUnitOfWork::attempt(const WriteWork& work, Attempt which) {
  const auto lease = writers().lend();
  if (!lease) return std::unexpected(lease.error());
  DatabaseSession& session = lease->session();
  SociContext context(session);
  try {
    session.begin_write();
    Result<> outcome = work(context);
    if (!outcome) {
      session.roll_back();
      return outcome;
    }
    write_log(session, context.emitted());
  } catch (const soci::soci_error& error) {
    session.roll_back();
    if (which == Attempt::first && is_taken(error)) return std::nullopt;
    return report(error);
  } catch (...) {
    session.roll_back();
    throw;
  }
  return commit(session, context.emitted());
}

Result<> PostgresqlUnitOfWork::commit(DatabaseSession& session, std::span<const DomainEvent> emitted) {
  const bool too_early = kernel::is_broken(kernel::Fault::publish_before_commit);
  if (too_early) tell_listener(emitted);
  try {
    session.commit();
  } catch (const soci::soci_error& error) {
    if (!session.is_alive()) {
      metrics().failures.add();
      spdlog::error("database: the outcome of a commit is unknown, its connection broke: {}", error.what());
      return outcome_unknown();
    }
    session.roll_back();
    return report(error);
  }
  metrics().commits.add();
  if (!too_early) tell_listener(emitted);
  return {};
}

}  // namespace orbit::storage
