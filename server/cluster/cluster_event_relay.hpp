// ClusterEventRelay: the relay of a node that shares its database with others. Each workspace with sockets here is a
// stream that is published in the order of the log, whoever committed its events: this node's own come from the unit of
// work, those of others from an EventExchange, and what neither brought is read from the log: when a gap stays, and for
// workspaces that nothing was heard of for a while. Belongs to the realtime thread, but for `committed`, which any
// thread calls.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "cluster/event_exchange.hpp"
#include "cluster/received_projections.hpp"
#include "kernel/event_bus.hpp"
#include "kernel/event_log.hpp"
#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"
#include "realtime/commit_backlog.hpp"
#include "realtime/relay.hpp"

namespace orbit::cluster {

struct ClusterRelayOptions {
  std::chrono::milliseconds gap_patience{30};  // how long a missing event may still come by itself
  std::chrono::milliseconds sweep{500};        // between two looks at what was not heard of
  int quiet_sweeps = 4;                        // sweeps after which a workspace that nothing was heard of is looked at
  int quiet_sweeps_alone = 1;                  // the same while the exchange is down
  int kept_sweeps = 10;                        // sweeps that a stream is kept for after its last socket
  std::size_t page = 500;                      // events, or workspaces, that are read at once
  std::size_t max_waiting = 1'000;  // events of a stream that wait for one before them; the log has them, too
};

class ClusterEventRelay final : public realtime::Relay, public EventExchangeListener {
 public:
  /// Runs a task that may block elsewhere than on the realtime thread.
  using RunBlocking = std::function<void(kernel::Scheduler::Task)>;
  /// Told of a workspace of whose events some are missing for good, the log having been trimmed.
  using EventsLost = std::function<void(kernel::WorkspaceId, kernel::Seq until)>;

  struct Parts {
    kernel::UnitOfWork& unit_of_work;
    const kernel::EventLog& log;
    kernel::EventBus& bus;
    kernel::Scheduler& scheduler;
    realtime::EventProjector& projector;
    ReceivedProjections& received;  // asked by whoever hears of events on the bus
    EventExchange& exchange;
    RunBlocking run_blocking;
    EventsLost events_lost;
    const kernel::Clock& clock;
  };

  ClusterEventRelay(Parts parts, const ClusterRelayOptions& options, kernel::MetricsRegistry& metrics);
  ClusterEventRelay(const ClusterEventRelay&) = delete;
  ClusterEventRelay& operator=(const ClusterEventRelay&) = delete;
  ~ClusterEventRelay() override;

  /// Begins to sweep. What a crash left untold is found in the log by whoever has sockets for it.
  [[nodiscard]] kernel::Result<> start() override;
  void stop() override {}

  void committed(std::span<const kernel::DomainEvent> events) override;

  void received(const kernel::DomainEvent& event, std::optional<realtime::Projection> projection) override;

  /// Looked up soon.
  void may_have_missed(kernel::WorkspaceId workspace) override;
  void may_have_missed_any() override;

  [[nodiscard]] kernel::Result<kernel::Seq> published_seq(kernel::WorkspaceId workspace) override;
  [[nodiscard]] kernel::Result<kernel::Seq> published_seq_caught_up(kernel::WorkspaceId workspace) override;
  void retain(kernel::WorkspaceId workspace) override;
  void release(kernel::WorkspaceId workspace) override;

 private:
  struct Waiting {
    kernel::DomainEvent event;
    std::optional<realtime::Projection> projection;
  };
  struct Stream {
    kernel::Seq published = 0;
    std::map<kernel::Seq, Waiting> waiting;  // for one before them
    kernel::TimerId gap_timer = 0;
    std::size_t sockets = 0;
    int quiet_for = 0;           // sweeps since it was last heard of, or since its last socket is gone
    bool will_catch_up = false;  // waits for its turn to read the log
  };

  using Heads = std::vector<std::pair<kernel::WorkspaceId, kernel::Seq>>;

  kernel::Result<Stream*> stream(kernel::WorkspaceId workspace);
  void publish_own();
  void offer(Stream& stream, const kernel::DomainEvent& event, std::optional<realtime::Projection> projection);
  void deliver(Stream& stream, const kernel::DomainEvent& event, std::optional<realtime::Projection> projection);
  void deliver_waiting(Stream& stream);
  void await_gap(kernel::WorkspaceId workspace, Stream& stream);
  bool catch_up(kernel::WorkspaceId workspace);
  kernel::Result<std::size_t> publish_page(kernel::WorkspaceId workspace, Stream& stream);
  void catch_up_later(kernel::WorkspaceId workspace, std::chrono::milliseconds delay);
  void sweep();
  void look_at(std::vector<kernel::WorkspaceId> workspaces);
  [[nodiscard]] kernel::Result<Heads> read_heads(std::span<const kernel::WorkspaceId> workspaces);
  void compare(const Heads& heads);

  Parts parts_;
  const ClusterRelayOptions options_;
  kernel::Metric& published_counter_;
  kernel::Metric& received_counter_;
  kernel::Metric& gaps_counter_;
  kernel::Metric& log_reads_counter_;
  kernel::Metric& swept_counter_;
  kernel::Metric& found_counter_;
  kernel::Metric& failures_counter_;
  kernel::Metric& streams_gauge_;

  realtime::CommitBacklog backlog_;
  std::unordered_map<kernel::WorkspaceId, Stream> streams_;
  std::deque<kernel::DomainEvent> own_;  // committed here, and not published yet
  bool publishing_own_ = false;
  std::unordered_set<kernel::WorkspaceId> unsure_;  // of which something may have been missed
  kernel::TimerId sweep_timer_ = 0;
  kernel::TimerId unsure_timer_ = 0;
};

}  // namespace orbit::cluster
