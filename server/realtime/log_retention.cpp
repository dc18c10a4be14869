#include "realtime/log_retention.hpp"

#include <spdlog/spdlog.h>

namespace orbit::realtime {

using kernel::ReadContext;
using kernel::Result;
using kernel::Seq;
using kernel::WorkspaceId;
using kernel::WriteContext;

LogRetention::LogRetention(kernel::UnitOfWork& unit_of_work, const kernel::LogTrimming& log,
                           kernel::Scheduler& scheduler, const kernel::Clock& clock, RunBlocking run_blocking,
                           const RetentionOptions& options, kernel::MetricsRegistry& metrics)
    : unit_of_work_(unit_of_work),
      log_(log),
      scheduler_(scheduler),
      clock_(clock),
      run_blocking_(std::move(run_blocking)),
      options_(options),
      trimmed_counter_(metrics.counter("orbit_log_trimmed_total", "Events trimmed from the log")),
      failures_counter_(metrics.counter("orbit_log_trim_failures_total", "Times that the log could not be trimmed")) {}

void LogRetention::start() { step_from({}); }

void LogRetention::step_from(WorkspaceId place) {
  run_blocking_([this, place] {
    if (place.is_nil()) drop_expired_days();
    const auto next = step(place);
    if (!next) {
      failures_counter_.add();
      spdlog::warn("log: could not be trimmed: {}", next.error().message);
    }
    scheduler_.post([this, goes_on = next ? *next : std::nullopt] {
      if (goes_on) return step_from(*goes_on);
      scheduler_.after(options_.interval, [this] { start(); });
    });
  });
}

Result<LogRetention::Place> LogRetention::step(WorkspaceId after) {
  const auto page = unit_of_work_.read([&](const ReadContext& context) -> Result<std::vector<WorkspaceId>> {
    return log_.workspaces_after(context, after, options_.workspaces_of_a_step);
  });
  if (!page) return std::unexpected(page.error());
  std::size_t batches_left = options_.batches_of_a_step;
  for (const WorkspaceId workspace : *page) {
    const auto done = trim(workspace, batches_left);
    if (!done) return std::unexpected(done.error());
    if (!*done) return after;  // goes on with this workspace, in the next step
    after = workspace;
  }
  return page->size() < options_.workspaces_of_a_step ? Place() : Place(after);
}

// What can't be dropped now is tried again in the next pass.
void LogRetention::drop_expired_days() {
  for (;;) {
    const auto dropped = unit_of_work_.run(
        [&](WriteContext& context) -> Result<bool> { return log_.drop_expired_day(context, options_.keep_for); });
    if (!dropped) {
      failures_counter_.add();
      spdlog::warn("log: no day could be dropped: {}", dropped.error().message);
    }
    if (!dropped || !*dropped) return;
  }
}

// Whether the workspace is done with.
Result<bool> LogRetention::trim(WorkspaceId workspace, std::size_t& batches_left) {
  const kernel::Retention retention{clock_.now() - options_.keep_for, options_.keep_events, options_.batch};
  for (;;) {
    const auto until = unit_of_work_.read(
        [&](const ReadContext& context) -> Result<Seq> { return log_.trimmable_seq(context, workspace, retention); });
    if (!until) return std::unexpected(until.error());
    if (*until == 0) return true;
    if (batches_left == 0) return false;
    --batches_left;
    const auto trimmed = unit_of_work_.run(
        [&](WriteContext& context) -> Result<std::size_t> { return log_.trim(context, workspace, *until); });
    if (!trimmed) return std::unexpected(trimmed.error());
    trimmed_counter_.add(static_cast<std::int64_t>(*trimmed));
  }
}

}  // namespace orbit::realtime
