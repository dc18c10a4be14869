// StreamHistory: what each workspace with sockets was told last, and how a tab that was away catches up with it: from
// memory where it can, from the log where not. Belongs to the realtime thread.
#pragma once

#include <expected>
#include <list>
#include <map>
#include <unordered_map>

#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"
#include "realtime/log_replay.hpp"
#include "realtime/stream_cursor.hpp"

namespace orbit::realtime {

struct HistoryOptions {
  FrameRing::Limits ring;                               // of each workspace
  std::size_t max_total_bytes = 256 * 1024 * 1024;      // of all rings; beyond it the one unused longest is emptied
  kernel::Seq max_replayed_events = 5'000;              // beyond it catching up costs more than hydrating
  std::size_t max_replayed_bytes = 512 * 1024;          // likewise; and it must fit into a socket's queue
  std::chrono::milliseconds keep_replayed_for{30'000};  // what was read from the log: those who come back come together
};

class StreamHistory {
 public:
  StreamHistory(const LogReplay& replay, std::string epoch, kernel::Scheduler& scheduler, const HistoryOptions& options,
                kernel::MetricsRegistry& metrics);

  /// A socket came, or went. `published` is where the workspace's stream stands.
  void retain(kernel::WorkspaceId workspace, kernel::Seq published);
  void release(kernel::WorkspaceId workspace);

  /// What was broadcast just now.
  void record(kernel::WorkspaceId workspace, HistoryEntry entry);

  /// What the event would have told is not known: nothing is replayed across it from memory.
  void lost(kernel::WorkspaceId workspace, kernel::Seq seq);

  /// What the viewer missed after the cursor up to `published`, as one run of frames; nullptr where that is nothing. Or
  /// why the tab must hydrate. The workspace must be retained.
  [[nodiscard]] std::expected<SharedFrame, catalog::ResyncReason> replay(kernel::WorkspaceId workspace,
                                                                         const StreamCursor& cursor,
                                                                         kernel::Seq published, const Viewer& viewer);

  /// The same for what a tab missed of a room's events; its cursor is of the present epoch.
  [[nodiscard]] std::expected<SharedFrame, catalog::ResyncReason> replay_room(kernel::WorkspaceId workspace,
                                                                              const std::string& room,
                                                                              kernel::Seq after, kernel::Seq published);

 private:
  struct Stream {
    FrameRing ring;
    std::size_t sockets = 0;
    std::list<kernel::WorkspaceId>::iterator place;  // in by_use_
  };
  using Outcome = std::expected<SharedFrame, catalog::ResyncReason>;

  // How often it went which way.
  class OutcomeCounters {
   public:
    OutcomeCounters(kernel::MetricsRegistry& metrics, const char* name, const char* help);
    void count(const Outcome& outcome) const;

   private:
    kernel::Metric& resumed_;
    std::map<catalog::ResyncReason, kernel::Metric*> resyncs_;
  };

  Outcome replay_in(Stream& stream, kernel::WorkspaceId workspace, kernel::Seq after, kernel::Seq published,
                    const Viewer& viewer);
  std::expected<void, catalog::ResyncReason> fill(Stream& stream, kernel::WorkspaceId workspace, kernel::Seq after,
                                                  kernel::Seq published);
  void settle_later(kernel::WorkspaceId workspace);

  // Does something to a ring, and keeps count of what all rings hold.
  template <class Change>
  void change(Stream& stream, Change change);

  LogReplay replay_;
  const std::string epoch_;
  kernel::Scheduler& scheduler_;
  const HistoryOptions options_;
  const OutcomeCounters tabs_;
  const OutcomeCounters rooms_;
  kernel::Metric& bytes_gauge_;
  kernel::Metric& log_reads_counter_;
  std::unordered_map<kernel::WorkspaceId, Stream> streams_;
  std::list<kernel::WorkspaceId> by_use_;  // the one used last comes first
  std::size_t total_bytes_ = 0;
};

}  // namespace orbit::realtime
