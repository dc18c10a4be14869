// EventLog: what can be asked of the event log, apart from writing it, which only the unit of work does.
// Stateless: any thread, with a context of that thread's own.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "kernel/domain_event.hpp"
#include "kernel/unit_of_work.hpp"

namespace orbit::kernel {

/// The epoch as one workspace's tabs hear it. A slug may come to name another workspace: no cursor of the one matches
/// the other's history.
[[nodiscard]] inline std::string stream_epoch(const std::string& log_epoch, WorkspaceId workspace) {
  return log_epoch + "." + to_string(workspace.uuid());
}

class EventLog {
 public:
  virtual ~EventLog() = default;

  /// Names the history that seqs belong to: changes when the database is created or restored.
  [[nodiscard]] virtual std::string epoch(const ReadContext& context) const = 0;

  /// The seq of the workspace's newest event in this snapshot; 0 where it has none.
  [[nodiscard]] virtual Seq head(const ReadContext& context, WorkspaceId workspace_id) const = 0;

  /// The heads of those workspaces that have a stream, in no particular order.
  [[nodiscard]] virtual std::vector<std::pair<WorkspaceId, Seq>> heads(
      const ReadContext& context, std::span<const WorkspaceId> workspace_ids) const = 0;

  /// The seq of the newest event that was trimmed from the workspace's log; 0 where all of it is there.
  [[nodiscard]] virtual Seq trimmed_seq(const ReadContext& context, WorkspaceId workspace_id) const = 0;

  /// The workspace's events with a seq above `after`, in seq order, at most `limit`.
  [[nodiscard]] virtual std::vector<DomainEvent> events_after(const ReadContext& context, WorkspaceId workspace_id,
                                                              Seq after, std::size_t limit) const = 0;

  /// How far the relay has published the workspace's events, as it last noted.
  [[nodiscard]] virtual Seq published_seq(const ReadContext& context, WorkspaceId workspace_id) const = 0;

  /// Notes that the relay has published up to `seq`. Never moves backwards.
  virtual void note_published(WriteContext& context, WorkspaceId workspace_id, Seq seq) const = 0;

  /// Workspaces with events that the relay has not noted as published, at most `limit`.
  [[nodiscard]] virtual std::vector<WorkspaceId> unpublished_workspaces(const ReadContext& context,
                                                                        std::size_t limit) const = 0;
};

/// What of a workspace's log may go: what happened before `before`, and all but the newest `keep`.
struct Retention {
  Timestamp before;
  Seq keep = 0;
  std::size_t batch = 0;  // at most so many at once
};

/// How the log is kept from growing for ever. As stateless as the EventLog.
class LogTrimming {
 public:
  virtual ~LogTrimming() = default;

  /// Workspaces that have a log, in the order of their ids, those after `after`, at most `limit`.
  [[nodiscard]] virtual std::vector<WorkspaceId> workspaces_after(const ReadContext& context, WorkspaceId after,
                                                                  std::size_t limit) const = 0;

  /// The seq up to which the workspace's log may be trimmed now: never past what the relay has noted as published. 0
  /// where there is nothing to trim.
  [[nodiscard]] virtual Seq trimmable_seq(const ReadContext& context, WorkspaceId workspace_id,
                                          const Retention& retention) const = 0;

  /// Where the log is kept in days (so on PostgreSQL, where `Retention::before` is not looked at): makes those to come,
  /// and drops, for all workspaces at once, the oldest one that ended longer than `keep_for` ago by the database's
  /// clock. Says whether there was one. May fail the transaction for the sake of others: "database.busy".
  [[nodiscard]] virtual bool drop_expired_day(WriteContext& context, std::chrono::milliseconds keep_for) const = 0;

  /// Deletes the workspace's events up to `until` and says how many. The log of a workspace that is gone goes with its
  /// last event.
  [[nodiscard]] virtual std::size_t trim(WriteContext& context, WorkspaceId workspace_id, Seq until) const = 0;
};

}  // namespace orbit::kernel
