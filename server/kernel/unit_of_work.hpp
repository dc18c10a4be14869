// UnitOfWork: the one door to committed state. `run` is a transaction that may write and emit DomainEvents; `read` is a
// snapshot that can do neither, which the compiler enforces: repositories take a WriteContext& to write.
// A UnitOfWork may be called from any thread; a context belongs to the thread that was handed it, for that call only.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernel/domain_event.hpp"
#include "kernel/error.hpp"

namespace orbit::kernel {

/// What a transaction may read through: one consistent snapshot. Repositories take it as their first argument.
class ReadContext {
 public:
  ReadContext(const ReadContext&) = delete;
  ReadContext& operator=(const ReadContext&) = delete;

 protected:
  ReadContext() = default;
  ~ReadContext() = default;
};

/// What a transaction may write and emit through.
class WriteContext : public ReadContext {
 public:
  /// Whoever decides or writes in a workspace holds its lock first; it is held until the transaction ends. What is read
  /// from then on is what the one before committed, so what was decided on still holds at the commit. A new workspace
  /// is locked by the id that it will have. Locks are taken in this order, so that nobody waits in a circle: a person,
  /// then workspaces as their ids go. May fail the transaction: "database.busy".
  void lock(WorkspaceId workspace) {
    if (is_locked(workspace)) return;
    take_lock(workspace);
    locked_.push_back(workspace);
  }
  void lock(std::vector<WorkspaceId> workspaces) {
    std::ranges::sort(workspaces);
    for (const WorkspaceId workspace : workspaces) lock(workspace);
  }

  /// For what rests on all that one person has: how many workspaces, which sessions.
  void lock(UserId person) { take_lock(person); }

  /// Adds an event to its workspace's log, in this transaction; its seq is assigned when the transaction commits.
  /// Throws std::logic_error where the workspace isn't locked.
  void emit(DomainEvent event) {
    if (!is_locked(event.workspace_id)) throw std::logic_error("an event was emitted without its workspace's lock");
    add_event(std::move(event));
  }
  void emit(std::vector<DomainEvent> events) {
    for (DomainEvent& event : events) emit(std::move(event));
  }

 protected:
  ~WriteContext() = default;

  // Nothing to do where only one transaction writes at a time.
  virtual void take_lock(WorkspaceId) {}
  virtual void take_lock(UserId) {}
  virtual void add_event(DomainEvent event) = 0;

 private:
  [[nodiscard]] bool is_locked(WorkspaceId workspace) const {
    return std::ranges::find(locked_, workspace) != locked_.end();
  }

  std::vector<WorkspaceId> locked_;
};

template <class T>
struct is_result : std::false_type {};
template <class T>
struct is_result<Result<T>> : std::true_type {};

class UnitOfWork {
 public:
  virtual ~UnitOfWork() = default;

  /// Runs `work` in one transaction and commits rows and events together. `work` returns a Result: where it is an
  /// error, or it throws, everything is rolled back. It may be run a second time, when somebody else was quicker to
  /// take a name that is unique: then it finds that name taken. Errors of its own: "database.busy" and
  /// "database.unavailable" (ErrorKind::unavailable), when no transaction could be had in time or it could not be
  /// committed.
  template <std::invocable<WriteContext&> Work>
    requires is_result<std::invoke_result_t<Work&, WriteContext&>>::value
  auto run(Work&& work) -> std::invoke_result_t<Work&, WriteContext&> {
    return carry<WriteContext>(work, [this](const WriteWork& erased) { return run_transaction(erased); });
  }

  /// Runs `work` against one snapshot of committed state. Errors as for `run`.
  template <std::invocable<const ReadContext&> Work>
    requires is_result<std::invoke_result_t<Work&, const ReadContext&>>::value
  auto read(Work&& work) -> std::invoke_result_t<Work&, const ReadContext&> {
    return carry<const ReadContext>(work, [this](const ReadWork& erased) { return read_snapshot(erased); });
  }

 protected:
  using WriteWork = std::function<Result<>(WriteContext&)>;
  using ReadWork = std::function<Result<>(const ReadContext&)>;

  virtual Result<> run_transaction(const WriteWork& work) = 0;
  virtual Result<> read_snapshot(const ReadWork& work) = 0;

 private:
  // Carries the work's own value past the type-erased virtual call.
  template <class Context, class Work, class Call>
  static auto carry(Work& work, Call call) -> std::invoke_result_t<Work&, Context&> {
    using Outcome = std::invoke_result_t<Work&, Context&>;
    std::optional<Outcome> outcome;
    const Result<> finished = call([&](Context& context) -> Result<> {
      outcome.emplace(std::invoke(work, context));
      if (!outcome->has_value()) return std::unexpected(outcome->error());
      return {};
    });
    if (!finished) return std::unexpected(finished.error());
    return std::move(*outcome);
  }
};

/// Told of each commit that emitted events, on the thread that committed, after the commit; events carry their seqs.
/// Calls for one workspace may arrive out of order; the log is what counts.
class CommitListener {
 public:
  virtual ~CommitListener() = default;
  virtual void committed(std::span<const DomainEvent> events) = 0;
};

}  // namespace orbit::kernel
