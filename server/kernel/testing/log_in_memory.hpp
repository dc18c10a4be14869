// LogInMemory: an event log that a test writes, and a unit of work that is nothing but a way to it, for tests of
// relays. Belongs to the test's thread.
#pragma once

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "kernel/event_log.hpp"

namespace orbit::kernel {

struct EmptyContext final : WriteContext {
  void add_event(DomainEvent) override {}
};

struct FakeUnitOfWork final : UnitOfWork {
  bool broken = false;
  Result<> run_transaction(const WriteWork& work) override { return attempt(work); }
  Result<> read_snapshot(const ReadWork& work) override { return attempt(work); }
  template <class Work>
  Result<> attempt(const Work& work) const {
    if (broken) return failure(ErrorKind::unavailable, "database.unavailable", "gone");
    EmptyContext context;
    return work(context);
  }
};

// A log in memory: what is in it is committed.
struct FakeLog final : EventLog {
  std::map<WorkspaceId, std::vector<DomainEvent>> events;
  mutable std::map<WorkspaceId, Seq> published;

  std::string epoch(const ReadContext&) const override { return "epoch"; }
  Seq head(const ReadContext&, WorkspaceId workspace) const override {
    return events.at(workspace).empty() ? 0 : events.at(workspace).back().seq;
  }
  std::vector<std::pair<WorkspaceId, Seq>> heads(const ReadContext& context,
                                                 std::span<const WorkspaceId> workspaces) const override {
    std::vector<std::pair<WorkspaceId, Seq>> out;
    for (const WorkspaceId workspace : workspaces) out.emplace_back(workspace, head(context, workspace));
    return out;
  }
  Seq trimmed_seq(const ReadContext&, WorkspaceId) const override { return 0; }
  std::vector<DomainEvent> events_after(const ReadContext&, WorkspaceId workspace, Seq after,
                                        std::size_t limit) const override {
    std::vector<DomainEvent> out;
    for (const DomainEvent& event : events.at(workspace)) {
      if (event.seq > after && out.size() < limit) out.push_back(event);
    }
    return out;
  }
  Seq published_seq(const ReadContext&, WorkspaceId workspace) const override { return published[workspace]; }
  void note_published(WriteContext&, WorkspaceId workspace, Seq seq) const override {
    published[workspace] = std::max(published[workspace], seq);
  }
  std::vector<WorkspaceId> unpublished_workspaces(const ReadContext&, std::size_t limit) const override {
    std::vector<WorkspaceId> out;
    for (const auto& [workspace, list] : events) {
      if (published[workspace] < list.size() && out.size() < limit) out.push_back(workspace);
    }
    return out;
  }
};

}  // namespace orbit::kernel
