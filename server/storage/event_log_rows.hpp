// The event log's rows: written by the unit of work, read through SociEventLog. For this room's own .cpp files; plain
// functions on the thread that has the session.
#pragma once

#include "kernel/event_log.hpp"
#include "storage/database_session.hpp"

namespace orbit::storage {

/// Takes `count` seqs of the workspace, in this transaction, and returns the first.
[[nodiscard]] kernel::Seq reserve_seqs(DatabaseSession& session, kernel::WorkspaceId workspace, kernel::Seq count);

void insert_event(DatabaseSession& session, const kernel::DomainEvent& event);

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
  [[nodiscard]] std::size_t trim(kernel::WriteContext& context, kernel::WorkspaceId workspace,
                                 kernel::Seq until) const override;
  [[nodiscard]] std::vector<kernel::WorkspaceId> unpublished_workspaces(const kernel::ReadContext& context,
                                                                        std::size_t limit) const override;
};

}  // namespace orbit::storage
