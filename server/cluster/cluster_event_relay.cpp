#include "cluster/cluster_event_relay.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace orbit::cluster {

using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Result;
using kernel::Seq;
using kernel::WorkspaceId;
using realtime::Projection;

namespace {

constexpr std::chrono::milliseconds retry_interval{250};
// What may have been missed is looked up together with what is said of others at the same time.
constexpr std::chrono::milliseconds unsure_delay{10};

}  // namespace

ClusterEventRelay::ClusterEventRelay(Parts parts, const ClusterRelayOptions& options, kernel::MetricsRegistry& metrics)
    : parts_(std::move(parts)),
      options_(options),
      published_counter_(metrics.counter("orbit_relay_published_total", "Events handed to the bus")),
      received_counter_(metrics.counter("orbit_relay_received_total", "Events that other nodes told of")),
      gaps_counter_(metrics.counter("orbit_relay_gaps_total", "Times that an event came before one that it follows")),
      log_reads_counter_(metrics.counter("orbit_relay_log_reads_total", "Times that events were read from the log")),
      swept_counter_(metrics.counter("orbit_relay_swept_total", "Quiet workspaces that were held against the log")),
      found_counter_(metrics.counter("orbit_relay_sweep_found_total", "Of them, those that had missed something")),
      failures_counter_(metrics.counter("orbit_relay_failures_total", "Times that the log could not be read or noted")),
      streams_gauge_(metrics.gauge("orbit_relay_streams", "Workspaces whose events are published on this node")),
      backlog_(parts_.clock, metrics) {
  parts_.exchange.listen(*this);
}

ClusterEventRelay::~ClusterEventRelay() {
  for (const auto& [workspace, stream] : streams_) parts_.scheduler.cancel(stream.gap_timer);
  parts_.scheduler.cancel(sweep_timer_);
  parts_.scheduler.cancel(unsure_timer_);
}

Result<> ClusterEventRelay::start() {
  sweep_timer_ = parts_.scheduler.after(options_.sweep, [this] { sweep(); });
  return {};
}

void ClusterEventRelay::committed(std::span<const DomainEvent> events) {
  parts_.scheduler.post([this, copies = backlog_.committed(events)] {
    own_.insert(own_.end(), copies.begin(), copies.end());
    if (std::exchange(publishing_own_, true)) return;
    parts_.scheduler.post([this] { publish_own(); });
  });
}

// All that was committed meanwhile in one snapshot. The order in which others get them doesn't matter: they publish
// them in that of the log, as this node does.
void ClusterEventRelay::publish_own() {
  const auto end = own_.begin() + static_cast<std::ptrdiff_t>(std::min(own_.size(), options_.page));
  const std::vector<DomainEvent> events(own_.begin(), end);
  own_.erase(own_.begin(), end);
  const auto projections = parts_.projector.project_all(events);
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto entry = streams_.find(events[i].workspace_id);
    if (projections) parts_.exchange.publish(events[i], (*projections)[i]);
    if (entry == streams_.end()) {
      backlog_.published(events[i].workspace_id, events[i].seq);
    } else if (projections) {
      offer(entry->second, events[i], (*projections)[i]);
    } else {
      catch_up_later(events[i].workspace_id, retry_interval);
    }
  }
  if (!projections) {
    failures_counter_.add();
    spdlog::warn("relay: {} events can't be read yet: {}", events.size(), projections.error().message);
  }
  publishing_own_ = !own_.empty();
  if (publishing_own_) parts_.scheduler.post([this] { publish_own(); });
}

void ClusterEventRelay::received(const DomainEvent& event, std::optional<Projection> projection) {
  received_counter_.add();
  const auto entry = streams_.find(event.workspace_id);
  if (entry != streams_.end()) offer(entry->second, event, std::move(projection));
}

void ClusterEventRelay::offer(Stream& stream, const DomainEvent& event, std::optional<Projection> projection) {
  stream.quiet_for = 0;
  if (event.seq <= stream.published) return backlog_.published(event.workspace_id, event.seq);
  if (event.seq == stream.published + 1) {
    deliver(stream, event, std::move(projection));
    deliver_waiting(stream);
    return;
  }
  if (stream.waiting.size() < options_.max_waiting) {
    stream.waiting.try_emplace(event.seq, Waiting{event, std::move(projection)});
  }
  await_gap(event.workspace_id, stream);
}

// A handler may ask where the stream stands: the event counts as published from here on.
void ClusterEventRelay::deliver(Stream& stream, const DomainEvent& event, std::optional<Projection> projection) {
  stream.published = event.seq;
  stream.quiet_for = 0;
  backlog_.published(event.workspace_id, event.seq);
  parts_.received.with(event, std::move(projection), [&] { parts_.bus.publish(event); });
  published_counter_.add();
}

void ClusterEventRelay::deliver_waiting(Stream& stream) {
  while (!stream.waiting.empty() && stream.waiting.begin()->first <= stream.published + 1) {
    auto next = stream.waiting.extract(stream.waiting.begin());
    if (next.key() == stream.published + 1) {
      deliver(stream, next.mapped().event, std::move(next.mapped().projection));
    }
  }
  if (stream.waiting.empty() && stream.gap_timer != 0) {
    parts_.scheduler.cancel(std::exchange(stream.gap_timer, 0));
  }
}

// What is missing was committed by another node a moment before, and is likely on its way.
void ClusterEventRelay::await_gap(WorkspaceId workspace, Stream& stream) {
  if (stream.gap_timer != 0) return;
  gaps_counter_.add();
  stream.gap_timer = parts_.scheduler.after(options_.gap_patience, [this, workspace] {
    streams_.at(workspace).gap_timer = 0;
    catch_up(workspace);
  });
}

Result<ClusterEventRelay::Stream*> ClusterEventRelay::stream(WorkspaceId workspace) {
  if (const auto known = streams_.find(workspace); known != streams_.end()) return &known->second;
  const auto head = parts_.unit_of_work.read(
      [&](const ReadContext& context) -> Result<Seq> { return parts_.log.head(context, workspace); });
  if (!head) return std::unexpected(head.error());
  Stream& made = streams_[workspace];
  made.published = *head;
  streams_gauge_.set(static_cast<std::int64_t>(streams_.size()));
  parts_.exchange.hold(workspace);
  return &made;
}

Result<Seq> ClusterEventRelay::published_seq(WorkspaceId workspace) {
  const auto found = stream(workspace);
  if (!found) return std::unexpected(found.error());
  return (*found)->published;
}

Result<Seq> ClusterEventRelay::published_seq_caught_up(WorkspaceId workspace) {
  const auto found = stream(workspace);
  if (!found) return std::unexpected(found.error());
  if (!catch_up(workspace)) {
    return kernel::failure(kernel::ErrorKind::unavailable, "database.unavailable", "The event log can't be read.");
  }
  return published_seq(workspace);
}

void ClusterEventRelay::retain(WorkspaceId workspace) { ++streams_.at(workspace).sockets; }

void ClusterEventRelay::release(WorkspaceId workspace) {
  Stream& left = streams_.at(workspace);
  if (--left.sockets == 0) left.quiet_for = 0;
}

bool ClusterEventRelay::catch_up(WorkspaceId workspace) {
  for (;;) {
    Stream& behind = streams_.at(workspace);
    const auto published = publish_page(workspace, behind);
    if (!published) {
      failures_counter_.add();
      catch_up_later(workspace, retry_interval);
      return false;
    }
    if (*published == options_.page) continue;
    deliver_waiting(behind);
    // What waits still was committed after the log was read.
    if (!behind.waiting.empty()) await_gap(workspace, behind);
    return true;
  }
}

Result<std::size_t> ClusterEventRelay::publish_page(WorkspaceId workspace, Stream& stream) {
  log_reads_counter_.add();
  const auto events = parts_.unit_of_work.read([&](const ReadContext& context) -> Result<std::vector<DomainEvent>> {
    return parts_.log.events_after(context, workspace, stream.published, options_.page);
  });
  if (!events) return std::unexpected(events.error());
  const auto projections = parts_.projector.project_all(*events);
  if (!projections) return std::unexpected(projections.error());
  if (!events->empty() && events->front().seq != stream.published + 1) {
    stream.published = events->front().seq - 1;
    parts_.events_lost(workspace, stream.published);
  }
  for (std::size_t i = 0; i < events->size(); ++i) deliver(stream, (*events)[i], (*projections)[i]);
  return events->size();
}

void ClusterEventRelay::catch_up_later(WorkspaceId workspace, std::chrono::milliseconds delay) {
  if (std::exchange(streams_.at(workspace).will_catch_up, true)) return;
  parts_.scheduler.after(delay, [this, workspace] {
    const auto entry = streams_.find(workspace);
    if (entry == streams_.end()) return;
    entry->second.will_catch_up = false;
    catch_up(workspace);
  });
}

void ClusterEventRelay::may_have_missed(WorkspaceId workspace) {
  if (!streams_.contains(workspace)) return;
  unsure_.insert(workspace);
  if (unsure_timer_ != 0) return;
  unsure_timer_ = parts_.scheduler.after(unsure_delay, [this] {
    unsure_timer_ = 0;
    const auto unsure = std::exchange(unsure_, {});
    look_at({unsure.begin(), unsure.end()});
  });
}

void ClusterEventRelay::may_have_missed_any() {
  for (const auto& [workspace, stream] : streams_) may_have_missed(workspace);
}

// Drops what nobody is here for any more, and looks at what was quiet for too long.
void ClusterEventRelay::sweep() {
  sweep_timer_ = parts_.scheduler.after(options_.sweep, [this] { sweep(); });
  const int patience = parts_.exchange.is_up() ? options_.quiet_sweeps : options_.quiet_sweeps_alone;
  std::vector<WorkspaceId> quiet;
  for (auto entry = streams_.begin(); entry != streams_.end();) {
    auto& [workspace, stream] = *entry;
    ++stream.quiet_for;
    if (stream.sockets == 0 && stream.quiet_for >= options_.kept_sweeps) {
      parts_.scheduler.cancel(stream.gap_timer);
      parts_.exchange.release(workspace);
      backlog_.forget(workspace);
      entry = streams_.erase(entry);
      continue;
    }
    if (stream.sockets > 0 && stream.quiet_for >= patience) {
      quiet.push_back(workspace);
      stream.quiet_for = 0;
    }
    ++entry;
  }
  streams_gauge_.set(static_cast<std::int64_t>(streams_.size()));
  look_at(std::move(quiet));
}

void ClusterEventRelay::look_at(std::vector<WorkspaceId> workspaces) {
  if (workspaces.empty()) return;
  swept_counter_.add(static_cast<std::int64_t>(workspaces.size()));
  parts_.run_blocking([this, workspaces = std::move(workspaces)] {
    for (std::span rest(workspaces); !rest.empty();) {
      const auto part = rest.first(std::min(rest.size(), options_.page));
      rest = rest.subspan(part.size());
      auto heads = read_heads(part);
      if (!heads) return failures_counter_.add();  // the next sweep looks again
      parts_.scheduler.post([this, heads = *std::move(heads)] { compare(heads); });
    }
  });
}

Result<ClusterEventRelay::Heads> ClusterEventRelay::read_heads(std::span<const WorkspaceId> workspaces) {
  return parts_.unit_of_work.read(
      [&](const ReadContext& context) -> Result<Heads> { return parts_.log.heads(context, workspaces); });
}

// Each reads the log in a turn of its own, so that many don't hold up what else goes on.
void ClusterEventRelay::compare(const Heads& heads) {
  for (const auto& [workspace, head] : heads) {
    const auto entry = streams_.find(workspace);
    if (entry == streams_.end() || head <= entry->second.published) continue;
    found_counter_.add();
    catch_up_later(workspace, std::chrono::milliseconds{0});
  }
}

}  // namespace orbit::cluster
