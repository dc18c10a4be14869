#include "realtime/stream_history.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <bit>

#include "kernel/fault.hpp"

namespace orbit::realtime {

using catalog::ResyncReason;
using kernel::Seq;
using kernel::WorkspaceId;

StreamHistory::OutcomeCounters::OutcomeCounters(kernel::MetricsRegistry& metrics, const char* name, const char* help)
    : resumed_(metrics.counter(name, help, {{"outcome", "resumed"}})) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<ResyncReason>>(
      [&](auto reason) { resyncs_[reason.value] = &metrics.counter(name, help, {{"outcome", reason.name}}); });
}

void StreamHistory::OutcomeCounters::count(const Outcome& outcome) const {
  (outcome ? resumed_ : *resyncs_.at(outcome.error())).add();
}

StreamHistory::StreamHistory(const LogReplay& replay, std::string epoch, kernel::Scheduler& scheduler,
                             const HistoryOptions& options, kernel::MetricsRegistry& metrics)
    : replay_(replay),
      epoch_(std::move(epoch)),
      scheduler_(scheduler),
      options_(options),
      tabs_(metrics, "orbit_resume_total", "Tabs that came back with a cursor, by what came of it"),
      rooms_(metrics, "orbit_rooms_resume_total", "Rooms that were joined with a cursor, by what came of it"),
      bytes_gauge_(metrics.gauge("orbit_history_bytes", "Frames kept in memory for tabs that come back")),
      log_reads_counter_(
          metrics.counter("orbit_history_log_reads_total", "Times that frames were made from the log again")) {}

template <class Change>
void StreamHistory::change(Stream& stream, Change change) {
  total_bytes_ -= stream.ring.bytes();
  change(stream.ring);
  total_bytes_ += stream.ring.bytes();
  by_use_.splice(by_use_.begin(), by_use_, stream.place);
  for (auto coldest = by_use_.rbegin(); total_bytes_ > options_.max_total_bytes && coldest != by_use_.rend();
       ++coldest) {
    FrameRing& ring = streams_.at(*coldest).ring;
    total_bytes_ -= ring.bytes();
    ring.clear(std::max(ring.floor(), ring.newest()));
  }
  bytes_gauge_.set(static_cast<std::int64_t>(total_bytes_));
}

void StreamHistory::retain(WorkspaceId workspace, Seq published) {
  auto [entry, is_new] = streams_.try_emplace(workspace, Stream{FrameRing(published, options_.ring), 0, {}});
  if (is_new) entry->second.place = by_use_.insert(by_use_.begin(), workspace);
  ++entry->second.sockets;
}

void StreamHistory::release(WorkspaceId workspace) {
  const auto entry = streams_.find(workspace);
  if (entry == streams_.end() || --entry->second.sockets > 0) return;
  total_bytes_ -= entry->second.ring.bytes();
  bytes_gauge_.set(static_cast<std::int64_t>(total_bytes_));
  by_use_.erase(entry->second.place);
  streams_.erase(entry);
}

void StreamHistory::record(WorkspaceId workspace, HistoryEntry entry) {
  const auto found = streams_.find(workspace);
  if (found == streams_.end()) return;
  change(found->second, [&](FrameRing& ring) { ring.push(std::move(entry)); });
}

void StreamHistory::lost(WorkspaceId workspace, Seq seq) {
  const auto found = streams_.find(workspace);
  if (found == streams_.end()) return;
  change(found->second, [&](FrameRing& ring) { ring.clear(seq); });
}

std::expected<SharedFrame, ResyncReason> StreamHistory::replay(WorkspaceId workspace, const StreamCursor& cursor,
                                                               Seq published, const Viewer& viewer) {
  Outcome outcome = cursor.epoch == kernel::stream_epoch(epoch_, workspace)
                        ? replay_in(streams_.at(workspace), workspace, cursor.seq, published, viewer)
                        : std::unexpected(ResyncReason::epoch_changed);
  tabs_.count(outcome);
  return outcome;
}

std::expected<SharedFrame, ResyncReason> StreamHistory::replay_room(WorkspaceId workspace, const std::string& room,
                                                                    Seq after, Seq published) {
  Outcome outcome = replay_in(streams_.at(workspace), workspace, after, published, Viewer{.room = room});
  rooms_.count(outcome);
  return outcome;
}

StreamHistory::Outcome StreamHistory::replay_in(Stream& stream, WorkspaceId workspace, Seq after, Seq published,
                                                const Viewer& viewer) {
  if (after > published) return std::unexpected(ResyncReason::cursor_ahead);
  if (after == published) return nullptr;
  if (after < stream.ring.floor() && !kernel::is_broken(kernel::Fault::skip_log_fill)) {
    if (const auto filled = fill(stream, workspace, after, published); !filled) {
      return std::unexpected(filled.error());
    }
  }
  if (stream.ring.may_have_gained(viewer, after)) return std::unexpected(ResyncReason::permissions);
  SharedFrame missed;
  change(stream, [&](FrameRing& ring) { missed = ring.after(after, viewer); });
  if (missed && missed->bytes.size() > options_.max_replayed_bytes) {
    return std::unexpected(ResyncReason::too_far_behind);
  }
  return missed;
}

// Reads further back than this tab needs, since those that come back at the same time missed a little more or less;
// twice as far each time it was not far enough, so that they all together cost no more than a few reads.
std::expected<void, ResyncReason> StreamHistory::fill(Stream& stream, WorkspaceId workspace, Seq after, Seq published) {
  constexpr Seq least = 64;
  const Seq reach = options_.max_replayed_events;
  const Seq missed = published - after;
  if (missed > reach) return std::unexpected(ResyncReason::too_far_behind);
  const Seq back = std::min(reach, std::bit_ceil(std::max(least, 2 * missed)));
  log_reads_counter_.add();
  auto stretch = replay_.read(workspace, published > back ? published - back : 0, published);
  if (!stretch) {
    spdlog::warn("history: the log of {} can't be read: {}", workspace.str(), stretch.error().message);
    return std::unexpected(ResyncReason::event_lost);
  }
  if (stretch->floor > after) return std::unexpected(ResyncReason::log_trimmed);
  const bool was_held = stream.ring.is_held();
  change(stream, [&](FrameRing& ring) { ring.fill(std::move(stretch->entries), stretch->floor); });
  if (!was_held) settle_later(workspace);
  return {};
}

void StreamHistory::settle_later(WorkspaceId workspace) {
  scheduler_.after(options_.keep_replayed_for, [this, workspace] {
    const auto found = streams_.find(workspace);
    if (found != streams_.end()) change(found->second, [](FrameRing& ring) { ring.settle(); });
  });
}

}  // namespace orbit::realtime
