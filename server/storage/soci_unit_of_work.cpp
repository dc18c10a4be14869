#include "storage/soci_unit_of_work.hpp"

#include <spdlog/spdlog.h>

#include <iterator>
#include <map>
#include <stdexcept>

#include "kernel/fault.hpp"
#include "storage/event_log_rows.hpp"
#include "storage/soci_context.hpp"
#include "storage/soci_error.hpp"
#include "storage/sql.hpp"

namespace orbit::storage {

using kernel::DomainEvent;
using kernel::ErrorKind;
using kernel::Result;

namespace {

// A transaction inside a transaction would wait for itself.
thread_local bool in_transaction = false;

void refuse_nesting() {
  if (in_transaction) throw std::logic_error("a transaction was begun inside a transaction");
}

class NestingGuard {
 public:
  NestingGuard() {
    refuse_nesting();
    in_transaction = true;
  }
  NestingGuard(const NestingGuard&) = delete;
  NestingGuard& operator=(const NestingGuard&) = delete;
  ~NestingGuard() { in_transaction = false; }
};

std::unexpected<kernel::Error> busy() {
  return std::unexpected(kernel::Error{ErrorKind::unavailable,
                                       "database.busy",
                                       "The database is busy. Try again in a moment.",
                                       {},
                                       std::chrono::seconds{1}});
}

// False where there was nothing left to roll back: after some errors SQLite has done that by itself.
bool roll_back(DatabaseSession& session, std::initializer_list<const char*> statements = {"ROLLBACK"}) noexcept {
  try {
    for (const char* statement : statements) execute(session, statement);
    return true;
  } catch (const soci::soci_error& error) {
    spdlog::debug("rollback: {}", error.what());
    return false;
  }
}

// As if the job had never begun; what those before it did stays.
bool roll_back_job(DatabaseSession& session) noexcept { return roll_back(session, {"ROLLBACK TO job", "RELEASE job"}); }

void write_log(DatabaseSession& session, std::vector<DomainEvent>& events) {
  std::map<kernel::WorkspaceId, kernel::Seq> next;
  for (const DomainEvent& event : events) ++next[event.workspace_id];
  for (auto& [workspace, count] : next) count = reserve_seqs(session, workspace, count);
  for (DomainEvent& event : events) {
    event.seq = next[event.workspace_id]++;
    insert_event(session, event);
  }
}

}  // namespace

std::unexpected<kernel::Error> SociUnitOfWork::report(const soci::soci_error& error) {
  metrics_.failures.add();
  spdlog::error("database: {}", error.what());
  return std::unexpected(to_error(error));
}

void SociUnitOfWork::tell_listener(std::span<const DomainEvent> events) {
  if (listener_ != nullptr && !events.empty()) listener_->committed(events);
}

Result<> SociUnitOfWork::run_transaction(const WriteWork& work) {
  refuse_nesting();
  metrics_.transactions.add();
  Job job(work);
  if (!group_commit_.settle(job, [this](std::span<Job* const> group) { commit_group(group); })) {
    metrics_.timeouts.add();
    return busy();
  }
  if (job.thrown) std::rethrow_exception(job.thrown);
  return std::move(job.outcome);
}

void SociUnitOfWork::commit_group(std::span<Job* const> group) {
  const NestingGuard guard;
  const auto lease = writers_.lend();
  if (!lease) {
    for (Job* job : group) job->outcome = busy();
    return;
  }
  try {
    commit_group_in(lease->session(), group);
  } catch (const soci::soci_error& error) {
    // Nothing of the group is kept, so nobody may be told otherwise; not even "no", which may rest on what is gone.
    roll_back(lease->session());
    const auto reported = report(error);
    for (Job* job : group) job->outcome = reported;
  } catch (...) {
    roll_back(lease->session());
    throw;
  }
}

void SociUnitOfWork::commit_group_in(DatabaseSession& session, std::span<Job* const> group) {
  execute(session, "BEGIN IMMEDIATE");
  std::vector<DomainEvent> emitted;
  for (Job* job : group) run_job(session, *job, emitted);
  const bool too_early = kernel::is_broken(kernel::Fault::publish_before_commit);
  if (too_early) tell_listener(emitted);
  execute(session, "COMMIT");
  metrics_.commits.add();
  if (!too_early) tell_listener(emitted);
}

void SociUnitOfWork::run_job(DatabaseSession& session, Job& job, std::vector<DomainEvent>& emitted) {
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

Result<> SociUnitOfWork::read_snapshot(const ReadWork& work) {
  const NestingGuard guard;
  const auto lease = readers_.lend();
  if (!lease) return busy();
  DatabaseSession& session = lease->session();
  try {
    execute(session, "BEGIN");
    const SociContext context(session);
    try {
      Result<> outcome = work(context);
      execute(session, outcome ? "COMMIT" : "ROLLBACK");
      return outcome;
    } catch (...) {
      roll_back(session);
      throw;
    }
  } catch (const soci::soci_error& error) {
    return report(error);
  }
}

}  // namespace orbit::storage
