#include "storage/sqlite_unit_of_work.hpp"

#include <spdlog/spdlog.h>

#include <iterator>
#include <stdexcept>

#include "kernel/fault.hpp"
#include "storage/soci_context.hpp"
#include "storage/soci_error.hpp"
#include "storage/sql.hpp"

namespace orbit::storage {

using kernel::DomainEvent;
using kernel::Result;

namespace {

// As if the job had never begun; what those before it did stays. False where SQLite has rolled back everything itself.
bool roll_back_job(DatabaseSession& session) noexcept {
  try {
    for (const char* statement : {"ROLLBACK TO job", "RELEASE job"}) execute(session, statement);
    return true;
  } catch (const soci::soci_error& error) {
    spdlog::debug("rollback: {}", error.what());
    return false;
  }
}

}  // namespace

Result<> SqliteUnitOfWork::run_transaction(const WriteWork& work) {
  refuse_nesting();
  metrics().transactions.add();
  Job job(work);
  if (!group_commit_.settle(job, [this](std::span<Job* const> group) { commit_group(group); })) {
    metrics().timeouts.add();
    return std::unexpected(busy_error());
  }
  if (job.thrown) std::rethrow_exception(job.thrown);
  return std::move(job.outcome);
}

void SqliteUnitOfWork::commit_group(std::span<Job* const> group) {
  const NestingGuard guard;
  const auto lease = writers().lend();
  if (!lease) {
    for (Job* job : group) job->outcome = std::unexpected(lease.error());
    return;
  }
  try {
    commit_group_in(lease->session(), group);
  } catch (const soci::soci_error& error) {
    // Nothing of the group is kept, so nobody may be told otherwise; not even "no", which may rest on what is gone.
    lease->session().roll_back();
    const auto reported = report(error);
    for (Job* job : group) job->outcome = reported;
  } catch (...) {
    lease->session().roll_back();
    throw;
  }
}

void SqliteUnitOfWork::commit_group_in(DatabaseSession& session, std::span<Job* const> group) {
  session.begin_write();
  std::vector<DomainEvent> emitted;
  for (Job* job : group) run_job(session, *job, emitted);
  const bool too_early = kernel::is_broken(kernel::Fault::publish_before_commit);
  if (too_early) tell_listener(emitted);
  session.commit();
  metrics().commits.add();
  if (!too_early) tell_listener(emitted);
}

void SqliteUnitOfWork::run_job(DatabaseSession& session, Job& job, std::vector<DomainEvent>& emitted) {
  execute(session, "SAVEPOINT job");
  SociContext context(session);
  try {
    job.outcome = job.work(context);
    if (job.outcome) write_log(session, context.emitted());
  } catch (const soci::soci_error& error) {
    if (!roll_back_job(session)) throw;
    job.outcome = report(error);
    return;
  } catch (...) {
    job.thrown = std::current_exception();
  }
  if (job.thrown || !job.outcome) {
    if (!roll_back_job(session)) throw std::runtime_error("a transaction was ended by what ran in it");
    return;
  }
  execute(session, "RELEASE job");
  std::ranges::move(context.emitted(), std::back_inserter(emitted));
}

}  // namespace orbit::storage
