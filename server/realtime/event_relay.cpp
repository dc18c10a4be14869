#include "realtime/event_relay.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace orbit::realtime {

using kernel::DomainEvent;
using kernel::ReadContext;
using kernel::Result;
using kernel::Seq;
using kernel::WorkspaceId;
using kernel::WriteContext;

namespace {

// Positions of workspaces at rest are forgotten past this many, and read again when they are needed.
constexpr std::size_t max_positions = 100'000;

}  // namespace

EventRelay::EventRelay(kernel::UnitOfWork& unit_of_work, const kernel::EventLog& log, kernel::EventBus& bus,
                       kernel::Scheduler& scheduler, RunBlocking run_blocking, const kernel::Clock& clock,
                       kernel::MetricsRegistry& metrics)
    : unit_of_work_(unit_of_work),
      log_(log),
      bus_(bus),
      scheduler_(scheduler),
      run_blocking_(std::move(run_blocking)),
      published_counter_(metrics.counter("orbit_relay_published_total", "Events handed to the bus")),
      gaps_counter_(metrics.counter("orbit_relay_log_reads_total", "Times that events were read from the log")),
      failures_counter_(metrics.counter("orbit_relay_failures_total", "Times that the log could not be read or noted")),
      backlog_(clock, metrics) {}

Result<> EventRelay::start() {
  for (;;) {
    const auto behind = unit_of_work_.read([&](const ReadContext& context) -> Result<std::vector<WorkspaceId>> {
      return log_.unpublished_workspaces(context, page);
    });
    if (!behind) return std::unexpected(behind.error());
    if (behind->empty()) return {};
    for (const WorkspaceId workspace : *behind) {
      if (!catch_up(workspace)) {
        return kernel::failure(kernel::ErrorKind::unavailable, "database.unavailable", "The event log can't be read.");
      }
    }
    const auto positions = take_unnoted();
    if (auto written = write_notes(positions); !written) return written;
    noted(positions, true);
  }
}

void EventRelay::committed(std::span<const DomainEvent> events) {
  scheduler_.post([this, copies = backlog_.committed(events)] {
    for (const DomainEvent& event : copies) take(event);
  });
}

Result<EventRelay::Position*> EventRelay::position(WorkspaceId workspace) {
  if (const auto known = positions_.find(workspace); known != positions_.end()) return &known->second;
  const auto stored = unit_of_work_.read(
      [&](const ReadContext& context) -> Result<Seq> { return log_.published_seq(context, workspace); });
  if (!stored) return std::unexpected(stored.error());
  if (positions_.size() >= max_positions) {
    std::erase_if(positions_, [](const auto& entry) { return entry.second.published == entry.second.noted; });
  }
  return &positions_.emplace(workspace, Position{*stored, *stored}).first->second;
}

Result<Seq> EventRelay::published_seq(WorkspaceId workspace) {
  const auto found = position(workspace);
  if (!found) return std::unexpected(found.error());
  return (*found)->published;
}

Result<Seq> EventRelay::published_seq_caught_up(WorkspaceId workspace) {
  if (!catch_up(workspace)) {
    return kernel::failure(kernel::ErrorKind::unavailable, "database.unavailable", "The event log can't be read.");
  }
  return published_seq(workspace);
}

void EventRelay::take(const DomainEvent& event) {
  if (waiting_for_retry_.contains(event.workspace_id)) return;
  const auto found = position(event.workspace_id);
  if (!found) {
    retry_later(event.workspace_id);
  } else if (event.seq == (*found)->published + 1) {
    publish(**found, event);
  } else if (event.seq > (*found)->published) {
    // Seq order is commit order: whatever is missing is committed, and so it is in the log.
    catch_up(event.workspace_id);
  } else {
    backlog_.published(event.workspace_id, event.seq);
  }
}

void EventRelay::publish(Position& position, const DomainEvent& event) {
  // A handler may ask where the stream stands: this event counts as published from here on.
  position.published = event.seq;
  backlog_.published(event.workspace_id, event.seq);
  bus_.publish(event);
  published_counter_.add();
  unnoted_.insert(event.workspace_id);
  note_later();
}

bool EventRelay::catch_up(WorkspaceId workspace) {
  for (;;) {
    const auto found = position(workspace);
    const auto events = !found
                            ? Result<std::vector<DomainEvent>>(std::unexpected(found.error()))
                            : unit_of_work_.read([&](const ReadContext& context) -> Result<std::vector<DomainEvent>> {
                                return log_.events_after(context, workspace, (*found)->published, page);
                              });
    if (!events) {
      retry_later(workspace);
      return false;
    }
    gaps_counter_.add();
    for (const DomainEvent& event : *events) publish(**found, event);
    if (events->size() < page) return true;
  }
}

void EventRelay::retry_later(WorkspaceId workspace) {
  failures_counter_.add();
  if (!waiting_for_retry_.insert(workspace).second) return;
  spdlog::warn("relay: the log of {} can't be read; trying again", workspace.str());
  scheduler_.after(retry_interval, [this, workspace] {
    waiting_for_retry_.erase(workspace);
    catch_up(workspace);
  });
}

EventRelay::Positions EventRelay::take_unnoted() {
  Positions positions;
  for (const WorkspaceId workspace : std::exchange(unnoted_, {})) {
    positions.emplace_back(workspace, positions_.at(workspace).published);
  }
  return positions;
}

// Noting costs a write, so it is done for many events at once. A crash in between only means that some events are
// published once more after the start, when no socket is there that could have seen them before.
void EventRelay::note_later() {
  if (note_timer_ != 0 || noting_) return;
  note_timer_ = scheduler_.after(note_interval, [this] {
    note_timer_ = 0;
    note_now();
  });
}

void EventRelay::note_now() {
  auto positions = take_unnoted();
  if (positions.empty()) return;
  noting_ = true;
  run_blocking_([this, positions = std::move(positions)]() mutable {
    const bool written = write_notes(positions).has_value();
    scheduler_.post([this, written, positions = std::move(positions)] { noted(positions, written); });
  });
}

Result<> EventRelay::write_notes(const Positions& positions) {
  return unit_of_work_.run([&](WriteContext& context) -> Result<> {
    for (const auto& [workspace, seq] : positions) log_.note_published(context, workspace, seq);
    return {};
  });
}

void EventRelay::noted(const Positions& positions, bool written) {
  noting_ = false;
  if (!written) failures_counter_.add();
  for (const auto& [workspace, seq] : positions) {
    if (written) {
      Position& position = positions_.at(workspace);
      position.noted = std::max(position.noted, seq);
    } else {
      unnoted_.insert(workspace);
    }
  }
  if (!unnoted_.empty()) note_later();
}

void EventRelay::stop() {
  const auto positions = take_unnoted();
  if (positions.empty()) return;
  if (const auto written = write_notes(positions); !written) {
    spdlog::warn("relay: could not note what was published: {}", written.error().message);
  }
}

}  // namespace orbit::realtime
