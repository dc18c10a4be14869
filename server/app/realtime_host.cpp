#include "app/realtime_host.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "cluster/backplane_event_exchange.hpp"
#include "cluster/cluster_event_relay.hpp"
#include "cluster/cluster_presence.hpp"
#include "cluster/cluster_realtime_hub.hpp"
#include "cluster/cluster_rooms.hpp"
#include "cluster/quiet_log.hpp"
#include "realtime/event_relay.hpp"
#include "realtime/log_retention.hpp"
#include "realtime/queue_probe.hpp"
#include "realtime/realtime_event_publisher.hpp"
#include "realtime/session_sweep.hpp"
#include "websocket/text_frame_encoder.hpp"

namespace orbit::app {

using kernel::DomainEvent;
using kernel::Result;

namespace {

constexpr std::chrono::milliseconds session_sweep_interval{5'000};
// Where the end of a session on another node can't be heard.
constexpr std::chrono::milliseconds session_sweep_interval_alone{500};

// From when a node says farewell until its tabs have come back elsewhere.
constexpr std::chrono::milliseconds farewell_allowance{3'000};

// What is replayed must find room in a socket's queue beside what goes on meanwhile.
realtime::HistoryOptions history_options(const Config& config) {
  realtime::HistoryOptions options;
  options.max_replayed_bytes = config.outbound_queue / 2;
  return options;
}

realtime::RoomOptions room_options(const Config& config) {
  realtime::RoomOptions options;
  options.grace = config.presence_grace;
  options.tick = config.signal_tick;
  options.quick_tick = std::min(options.quick_tick, options.tick);
  return options;
}

auto run_on(http::WorkerPool& workers) {
  return [&workers](kernel::Scheduler::Task task) { workers.post(std::move(task)); };
}

// What a node has to do with others by way of a backplane.
struct Cluster {
  Cluster(RealtimeHost::Given& given, realtime::InProcessRealtimeHub& local_hub, const realtime::FrameEncoder& encoder)
      : subjects(given.epoch),
        switchboard(std::move(given.backplane), given.scheduler, kernel::new_uuid(given.clock), given.metrics),
        peers(switchboard, given.scheduler, subjects.everyone(), name_of(given.config),
              {.lease = given.config.node_lease}, given.metrics),
        hub(local_hub, switchboard, subjects, given.scheduler, encoder),
        exchange(switchboard, subjects),
        state({switchboard, peers, given.scheduler, subjects}, given.config.presence_grace + farewell_allowance,
              given.metrics) {}

  static std::string name_of(const Config& config) {
    return config.node_name.empty() ? host_and_port(config.listen_host, config.listen_port) : config.node_name;
  }

  void start() {
    peers.start();
    state.start();
    switchboard.start();
  }

  cluster::Subjects subjects;
  cluster::Switchboard switchboard;
  cluster::Peers peers;  // hears of every message before the others
  cluster::ClusterRealtimeHub hub;
  cluster::BackplaneEventExchange exchange;
  cluster::ReplicatedState state;
};

}  // namespace

struct RealtimeHost::Parts {
  explicit Parts(Given& given)
      : domain(given.domain),
        scheduler(given.scheduler),
        handler_failures(given.metrics.counter("orbit_bus_failures_total", "Event handlers that failed")),
        failures_log(given.scheduler),
        encoder(given.config.compress_from, given.metrics),
        local_hub(given.metrics),
        cluster(given.backplane ? std::make_unique<Cluster>(given, local_hub, encoder) : nullptr),
        hub(cluster ? static_cast<realtime::RealtimeHub&>(cluster->hub) : local_hub),
        bus([this](const DomainEvent& event, std::exception_ptr failure) { failed(event, failure); }),
        presence(given.scheduler, given.clock, given.config.presence_grace, presence_feed, given.metrics),
        cluster_presence(
            cluster ? std::make_unique<cluster::ClusterPresence>(
                          cluster::ClusterPresence::Parts{cluster->state, presence, cluster->subjects, given.scheduler},
                          cluster::ClusterPresenceOptions{}, given.metrics)
                    : nullptr),
        presence_feed({given.scheduler, local_hub, encoder, presence},
                      {given.config.presence_tick, given.config.presence_roster_limit}, given.metrics),
        committed_projector(domain.unit_of_work, projection(), room_projections, given.clock, given.metrics),
        received_projections(committed_projector),
        history({domain.unit_of_work, domain.database.event_log(), projection(), encoder, room_projections},
                given.epoch, given.scheduler, history_options(given.config), given.metrics),
        publisher({bus, domain.unit_of_work, domain.repositories, received_projections, room_projections, hub, history,
                   presence, encoder},
                  given.epoch),
        team_rooms(domain.repositories.teams),
        rooms({bus, domain.unit_of_work, local_hub, given.scheduler, encoder, room_authorizers},
              room_options(given.config), given.metrics),
        cluster_rooms(
            cluster ? std::make_unique<cluster::ClusterRooms>(
                          cluster::ClusterRooms::Parts{cluster->switchboard, cluster->state, rooms, cluster->subjects},
                          given.metrics)
                    : nullptr),
        retention(domain.unit_of_work, domain.database.log_trimming(), given.scheduler, given.clock,
                  run_on(given.workers), given.config.log, given.metrics),
        session_sweep(
            local_hub, domain.unit_of_work, domain.session_resolver, given.scheduler, given.clock,
            run_on(given.workers), [this] { return sweep_interval(); }, given.metrics),
        admission(domain.unit_of_work, domain.session_resolver, domain.repositories),
        relay(make_relay(given)),
        gateway(
            {given.scheduler, given.clock, hub, presence, presence_feed, *relay, history, rooms, admission, encoder},
            given.epoch,
            {given.config.heartbeat, given.config.sockets_per_member, given.config.sockets_per_workspace,
             given.config.node_name},
            given.metrics),
        queue_probe(given.scheduler, given.clock, given.metrics) {
    given.metrics.gauge("orbit_history_bytes_limit", "What orbit_history_bytes may come to")
        .set(static_cast<std::int64_t>(history_options(given.config).max_total_bytes));
  }

  [[nodiscard]] realtime::EventProjection projection() const {
    return {domain.repositories, domain.database.subscriptions()};
  }

  std::unique_ptr<realtime::Relay> make_relay(Given& given) {
    if (!domain.database.is_shared()) {
      return std::make_unique<realtime::EventRelay>(domain.unit_of_work, domain.database.event_log(), bus,
                                                    given.scheduler, run_on(given.workers), given.clock, given.metrics);
    }
    cluster::EventExchange& exchange = cluster ? static_cast<cluster::EventExchange&>(cluster->exchange) : no_exchange;
    return std::make_unique<cluster::ClusterEventRelay>(
        cluster::ClusterEventRelay::Parts{
            domain.unit_of_work, domain.database.event_log(), bus, given.scheduler, committed_projector,
            received_projections, exchange, run_on(given.workers),
            [this](kernel::WorkspaceId workspace, kernel::Seq until) { lost(workspace, until); }, given.clock},
        cluster::ClusterRelayOptions{}, given.metrics);
  }

  [[nodiscard]] std::chrono::milliseconds sweep_interval() const {
    const bool hears_others = !domain.database.is_shared() || (cluster && cluster->switchboard.is_connected());
    return hears_others ? session_sweep_interval : session_sweep_interval_alone;
  }

  void failed(const DomainEvent& event, std::exception_ptr failure) {
    handler_failures.add();
    try {
      if (failure) std::rethrow_exception(failure);
      failures_log.warn(
          fmt::format("event {} {} of {} can't be read", event.type, event.seq, event.workspace_id.str()));
    } catch (const std::exception& error) {
      failures_log.warn(
          fmt::format("event {} {} of {}: {}", event.type, event.seq, event.workspace_id.str(), error.what()));
    }
    publisher.event_lost(event);
  }

  // What they would have done to sockets is not known: all are to come back, and are admitted anew.
  void lost(kernel::WorkspaceId workspace, kernel::Seq until) {
    spdlog::warn("relay: the log of {} was trimmed past this node, up to {}; its tabs are sent away to come back",
                 workspace.str(), until);
    history.lost(workspace, until);
    local_hub.close_workspace(workspace, realtime::CloseCode::restarting, "come back");
  }

  Domain& domain;
  kernel::Scheduler& scheduler;
  kernel::Metric& handler_failures;
  cluster::QuietLog failures_log;
  websocket::TextFrameEncoder encoder;
  realtime::InProcessRealtimeHub local_hub;
  std::unique_ptr<Cluster> cluster;  // nullptr without a backplane
  realtime::RealtimeHub& hub;
  kernel::EventBus bus;
  realtime::PresenceTracker presence;
  std::unique_ptr<cluster::ClusterPresence> cluster_presence;  // nullptr without a backplane
  realtime::PresenceFeed presence_feed;
  realtime::RoomProjections room_projections{};  // of features with durable events of their own in rooms
  realtime::CommittedStateProjector committed_projector;
  cluster::ReceivedProjections received_projections;
  realtime::StreamHistory history;
  realtime::RealtimeEventPublisher publisher;
  realtime::TeamRooms team_rooms;
  realtime::Lobby lobby;
  realtime::RoomAuthorizers room_authorizers{
      {{realtime::TeamRooms::prefix, &team_rooms}, {realtime::Lobby::name, &lobby}}};
  realtime::Rooms rooms;
  std::unique_ptr<cluster::ClusterRooms> cluster_rooms;  // nullptr without a backplane
  realtime::LogRetention retention;
  realtime::SessionSweep session_sweep;
  realtime::SocketAdmission admission;
  cluster::NoEventExchange no_exchange;
  std::unique_ptr<realtime::Relay> relay;
  realtime::RealtimeGateway gateway;
  realtime::QueueProbe queue_probe;
};

RealtimeHost::RealtimeHost(Given given) : parts_(std::make_unique<Parts>(given)) {}

RealtimeHost::~RealtimeHost() = default;

Result<> RealtimeHost::start() {
  if (auto started = parts_->relay->start(); !started) return started;
  if (parts_->cluster) parts_->cluster->start();
  parts_->retention.start();
  parts_->session_sweep.start();
  parts_->queue_probe.start();
  return {};
}

void RealtimeHost::stop() {
  parts_->relay->stop();
  if (parts_->cluster) parts_->cluster->peers.stop();
}

void RealtimeHost::with_roster(kernel::WorkspaceId workspace, WithRoster callback) {
  parts_->scheduler.post([this, workspace, callback = std::move(callback)]() mutable {
    auto tell = [this, workspace, callback = std::move(callback)]() mutable {
      callback(parts_->presence_feed.roster(workspace));
    };
    if (parts_->cluster_presence) return parts_->cluster_presence->with_presence(workspace, std::move(tell));
    tell();
  });
}

std::chrono::nanoseconds RealtimeHost::overdue() const { return parts_->queue_probe.overdue(); }

realtime::Relay& RealtimeHost::relay() { return *parts_->relay; }
realtime::RealtimeGateway& RealtimeHost::gateway() { return parts_->gateway; }
realtime::SocketAdmission& RealtimeHost::admission() { return parts_->admission; }
RealtimeAccess RealtimeHost::access() {
  Parts& parts = *parts_;
  RealtimeAccess access{parts.scheduler, parts.local_hub,        parts.hub,     parts.presence,
                        *parts.relay,    parts.room_authorizers, parts.encoder, std::nullopt};
  if (parts.cluster) {
    access.cluster.emplace(
        ClusterAccess{parts.cluster->switchboard, parts.cluster->peers, parts.cluster->hub, *parts.cluster_presence});
  }
  return access;
}

std::size_t RealtimeHost::socket_count() const { return parts_->local_hub.socket_count(); }

}  // namespace orbit::app
