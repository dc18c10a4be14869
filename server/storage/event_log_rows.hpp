// The event log's rows: written by the unit of work, read through SociEventLog. For this room's own .cpp files; plain
// functions on the thread that has the session.
#pragma once

#include "kernel/event_log.hpp"
#include "storage/database_session.hpp"

namespace orbit::storage {

/// A place in a workspace's log: the next seq, and where the log is kept in days, the day that it goes to.
struct Reserved {
  kernel::Seq next = 0;
  long long day = 0;  // since 1970, in UTC, by the database's clock; never an earlier one than the last
};

/// Takes `count` seqs of the workspace, in this transaction. On PostgreSQL they count as published with it.
[[nodiscard]] Reserved reserve_seqs(DatabaseSession& session, kernel::WorkspaceId workspace, kernel::Seq count);

void insert_event(DatabaseSession& session, const kernel::DomainEvent& event, long long day);

/// On PostgreSQL: makes the parts of the log that are missing for today and the days to come. In a transaction.
void prepare_log_days(DatabaseSession& session);

class SociEventLog final : public kernel::EventLog, public kernel::LogTrimming {
 public:
  [[nodiscard]] std::string epoch(const kernel::ReadContext& context) const override;
  [[nodiscard]] kernel::Seq head(const kernel::ReadContext& context, kernel::WorkspaceId workspace) const override;
  [[nodiscard]] std::vector<std::pair<kernel::WorkspaceId, kernel::Seq>> heads(
      const kernel::ReadContext& context, std::span<const kernel::WorkspaceId> workspaces) const override;
  [[nodiscard]] kernel::Seq trimmed_seq(const kernel::ReadContext& context,
                                        kernel::WorkspaceId workspace) const override;
  [[nodiscard]] std::vector<kernel::DomainEvent> events_after(const kernel::ReadContext& context,
                                                              kernel::WorkspaceId workspace, kernel::Seq after,
                                                              std::size_t limit) const override;
  [[nodiscard]] kernel::Seq published_seq(const kernel::ReadContext& context,
                                          kernel::WorkspaceId workspace) const override;
  void note_published(kernel::WriteContext& context, kernel::WorkspaceId workspace, kernel::Seq seq) const override;
  [[nodiscard]] std::vector<kernel::WorkspaceId> workspaces_after(const kernel::ReadContext& context,
                                                                  kernel::WorkspaceId after,
                                                                  std::size_t limit) const override;
  [[nodiscard]] kernel::Seq trimmable_seq(const kernel::ReadContext& context, kernel::WorkspaceId workspace,
                                          const kernel::Retention& retention) const override;
  [[nodiscard]] bool drop_expired_day(kernel::WriteContext& context, std::chrono::milliseconds keep_for) const override;
  [[nodiscard]] std::size_t trim(kernel::WriteContext& context, kernel::WorkspaceId workspace,
                                 kernel::Seq until) const override;
  [[nodiscard]] std::vector<kernel::WorkspaceId> unpublished_workspaces(const kernel::ReadContext& context,
                                                                        std::size_t limit) const override;
};

}  // namespace orbit::storage
