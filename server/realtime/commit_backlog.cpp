#include "realtime/commit_backlog.hpp"

#include <limits>

namespace orbit::realtime {

CommitBacklog::CommitBacklog(const kernel::Clock& clock, kernel::MetricsRegistry& metrics)
    : clock_(clock),
      waiting_gauge_(
          metrics.gauge("orbit_relay_waiting_events", "Events committed here and not handed to the bus yet")),
      oldest_age_(metrics.age("orbit_relay_oldest_waiting_seconds", "How long the oldest of them has waited")) {}

std::vector<kernel::DomainEvent> CommitBacklog::committed(std::span<const kernel::DomainEvent> events) {
  std::vector<kernel::DomainEvent> stamped(events.begin(), events.end());
  const kernel::SteadyTime now = clock_.steady_now();
  const std::lock_guard lock(mutex_);
  for (kernel::DomainEvent& event : stamped) {
    event.committed_at = now;
    const auto [place, is_new] = places_.try_emplace({event.workspace_id, event.seq});
    if (is_new) place->second = waiting_.insert(waiting_.end(), now);
  }
  show();
  return stamped;
}

void CommitBacklog::published(kernel::WorkspaceId workspace, kernel::Seq seq) {
  const std::lock_guard lock(mutex_);
  const auto end = places_.upper_bound({workspace, seq});
  for (auto place = places_.lower_bound({workspace, 0}); place != end; place = places_.erase(place)) {
    waiting_.erase(place->second);
  }
  show();
}

void CommitBacklog::forget(kernel::WorkspaceId workspace) {
  published(workspace, std::numeric_limits<kernel::Seq>::max());
}

void CommitBacklog::show() const {
  waiting_gauge_.set(static_cast<std::int64_t>(waiting_.size()));
  oldest_age_.set(waiting_.empty() ? 0 : waiting_.front().time_since_epoch() / std::chrono::nanoseconds(1));
}

}  // namespace orbit::realtime
