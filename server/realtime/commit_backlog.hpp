// CommitBacklog: which events were committed on this node and are not handed to the bus yet, and since when: what the
// relay's lag is told from. Owned by a relay. Any thread: one mutex protects it, taken once for each commit and event.
#pragma once

#include <list>
#include <map>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/domain_event.hpp"
#include "kernel/metrics.hpp"

namespace orbit::realtime {

class CommitBacklog {
 public:
  CommitBacklog(const kernel::Clock& clock, kernel::MetricsRegistry& metrics);

  /// Copies of the events, stamped with when they were committed: now.
  [[nodiscard]] std::vector<kernel::DomainEvent> committed(std::span<const kernel::DomainEvent> events);

  /// The workspace's events up to `seq` wait no more.
  void published(kernel::WorkspaceId workspace, kernel::Seq seq);

  /// None of the workspace's events waits any more.
  void forget(kernel::WorkspaceId workspace);

 private:
  using Waiting = std::list<kernel::SteadyTime>;  // oldest first

  void show() const;

  const kernel::Clock& clock_;
  kernel::Metric& waiting_gauge_;
  kernel::Metric& oldest_age_;
  std::mutex mutex_;  // protects what is below
  Waiting waiting_;
  std::map<std::pair<kernel::WorkspaceId, kernel::Seq>, Waiting::iterator> places_;
};

}  // namespace orbit::realtime
