// LogRetention: trims each workspace's event log by age and count, a little at a time, beside what else goes on.
// Belongs to the realtime thread; what may block runs where `run_blocking` puts it, one step after another.
#pragma once

#include <functional>

#include "kernel/event_log.hpp"
#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"

namespace orbit::realtime {

struct RetentionOptions {
  std::chrono::milliseconds keep_for = std::chrono::hours{7 * 24};
  kernel::Seq keep_events = 100'000;           // of each workspace
  std::chrono::milliseconds interval{60'000};  // from the end of one pass to the next
  std::size_t batch = 500;                     // events deleted in one transaction
  std::size_t batches_of_a_step = 20;          // then others get their turn
  std::size_t workspaces_of_a_step = 200;
};

class LogRetention {
 public:
  using RunBlocking = std::function<void(kernel::Scheduler::Task)>;

  LogRetention(kernel::UnitOfWork& unit_of_work, const kernel::LogTrimming& log, kernel::Scheduler& scheduler,
               const kernel::Clock& clock, RunBlocking run_blocking, const RetentionOptions& options,
               kernel::MetricsRegistry& metrics);

  /// Begins the first pass.
  void start();

 private:
  /// Where the next step begins; nullopt at the end of a pass.
  using Place = std::optional<kernel::WorkspaceId>;

  void step_from(kernel::WorkspaceId place);
  void drop_expired_days();
  kernel::Result<Place> step(kernel::WorkspaceId after);
  kernel::Result<bool> trim(kernel::WorkspaceId workspace, std::size_t& batches_left);

  kernel::UnitOfWork& unit_of_work_;
  const kernel::LogTrimming& log_;
  kernel::Scheduler& scheduler_;
  const kernel::Clock& clock_;
  RunBlocking run_blocking_;
  const RetentionOptions options_;
  kernel::Metric& trimmed_counter_;
  kernel::Metric& failures_counter_;
};

}  // namespace orbit::realtime
