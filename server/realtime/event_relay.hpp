// EventRelay: takes events from the log to the EventBus, each once, in the order of their workspace's log. What a
// commit hands over is a hint that there is something to publish; what it missed, the relay reads from the log. Belongs
// to the realtime thread, but for `committed`, which any thread calls.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "kernel/event_bus.hpp"
#include "kernel/event_log.hpp"
#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"
#include "realtime/commit_backlog.hpp"
#include "realtime/relay.hpp"

namespace orbit::realtime {

class EventRelay final : public Relay {
 public:
  /// Runs a task that may block elsewhere than on the realtime thread.
  using RunBlocking = std::function<void(kernel::Scheduler::Task)>;

  static constexpr std::chrono::milliseconds note_interval{200};
  static constexpr std::chrono::milliseconds retry_interval{250};
  static constexpr std::size_t page = 500;  // events read from the log at once

  EventRelay(kernel::UnitOfWork& unit_of_work, const kernel::EventLog& log, kernel::EventBus& bus,
             kernel::Scheduler& scheduler, RunBlocking run_blocking, const kernel::Clock& clock,
             kernel::MetricsRegistry& metrics);

  /// Publishes what a crash left unpublished.
  [[nodiscard]] kernel::Result<> start() override;

  void committed(std::span<const kernel::DomainEvent> events) override;

  [[nodiscard]] kernel::Result<kernel::Seq> published_seq(kernel::WorkspaceId workspace) override;
  [[nodiscard]] kernel::Result<kernel::Seq> published_seq_caught_up(kernel::WorkspaceId workspace) override;
  void retain(kernel::WorkspaceId) override {}
  void release(kernel::WorkspaceId) override {}

  /// Writes down what has been published and not yet noted, on this thread.
  void stop() override;

 private:
  struct Position {
    kernel::Seq published = 0;
    kernel::Seq noted = 0;
  };

  using Positions = std::vector<std::pair<kernel::WorkspaceId, kernel::Seq>>;

  kernel::Result<Position*> position(kernel::WorkspaceId workspace);
  void take(const kernel::DomainEvent& event);
  void publish(Position& position, const kernel::DomainEvent& event);
  bool catch_up(kernel::WorkspaceId workspace);
  void retry_later(kernel::WorkspaceId workspace);
  void note_later();
  void note_now();
  void noted(const Positions& positions, bool written);
  kernel::Result<> write_notes(const Positions& positions);
  [[nodiscard]] Positions take_unnoted();

  kernel::UnitOfWork& unit_of_work_;
  const kernel::EventLog& log_;
  kernel::EventBus& bus_;
  kernel::Scheduler& scheduler_;
  RunBlocking run_blocking_;
  kernel::Metric& published_counter_;
  kernel::Metric& gaps_counter_;
  kernel::Metric& failures_counter_;

  CommitBacklog backlog_;
  std::unordered_map<kernel::WorkspaceId, Position> positions_;
  std::unordered_set<kernel::WorkspaceId> unnoted_;
  std::unordered_set<kernel::WorkspaceId> waiting_for_retry_;
  kernel::TimerId note_timer_ = 0;
  bool noting_ = false;
};

}  // namespace orbit::realtime
