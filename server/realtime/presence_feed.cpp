#include "realtime/presence_feed.hpp"

#include <algorithm>
#include <iterator>

#include "catalog/json.hpp"
#include "realtime/channel.hpp"

namespace orbit::realtime {

using catalog::PresenceDTO;
using kernel::MemberId;
using kernel::WorkspaceId;

namespace {

std::vector<MemberId> without(const std::vector<MemberId>& all, const std::vector<MemberId>& others) {
  std::vector<MemberId> rest;
  std::ranges::set_difference(all, others, std::back_inserter(rest));
  return rest;
}

}  // namespace

PresenceFeed::PresenceFeed(const Parts& parts, const PresenceFeedOptions& options, kernel::MetricsRegistry& metrics)
    : parts_(parts),
      options_(options),
      transitions_counter_(
          metrics.counter("orbit_presence_transitions_total", "Members who came, went or turned away")),
      runs_counter_(
          metrics.counter("orbit_presence_runs_total", "Runs of transitions that were told to tabs with the roster")),
      counting_gauge_(metrics.gauge("orbit_presence_counting_tabs", "Tabs that get the number in place of the roster")),
      watched_gauge_(metrics.gauge("orbit_presence_watched", "Members that tabs watch, counted for each tab")) {}

PresenceFeed::~PresenceFeed() {
  for (const auto& [workspace, feed] : feeds_) parts_.scheduler.cancel(feed.tick);
}

PresenceFeed::Welcome PresenceFeed::join(const SocketHandle& socket) {
  const WorkspaceId workspace = socket.identity.workspace;
  Feed& feed = feeds_[workspace];
  Tab& tab = feed.tabs[socket.id];
  if (is_large(workspace)) {
    count_instead(workspace, feed, socket.id, tab);
    const std::size_t online = parts_.presence.online(workspace);
    // If the others are about to be told another number, this one must be, too, though it be theirs again by then.
    if (feed.counted != online) feed.counted.reset();
    return {"[]", frame_of(catalog::PresenceCount{online})};
  }
  parts_.hub.subscribe(socket.id, roster_channel(workspace));
  if (!feed.roster_json) feed.roster_json = catalog::to_json(roster(workspace));
  return {*feed.roster_json, nullptr};
}

void PresenceFeed::leave(const SocketHandle& socket) {
  const auto entry = feeds_.find(socket.identity.workspace);
  if (entry == feeds_.end()) return;
  Feed& feed = entry->second;
  const auto tab = feed.tabs.find(socket.id);
  if (tab == feed.tabs.end()) return;
  watched_gauge_.add(-static_cast<std::int64_t>(tab->second.watched.size()));
  if (tab->second.counts) {
    stop_watching(entry->first, feed, socket.id, tab->second.watched);
    counting_gauge_.add(-1);
    --feed.counting;
  }
  feed.tabs.erase(tab);
  if (!feed.tabs.empty()) return;
  parts_.scheduler.cancel(feed.tick);
  feeds_.erase(entry);
}

void PresenceFeed::watch(const SocketHandle& socket, std::vector<MemberId> members) {
  const WorkspaceId workspace = socket.identity.workspace;
  Feed& feed = feeds_.at(workspace);
  Tab& tab = feed.tabs.at(socket.id);
  std::ranges::sort(members);
  const auto repeated = std::ranges::unique(members);
  members.erase(repeated.begin(), repeated.end());
  if (tab.counts) {
    stop_watching(workspace, feed, socket.id, without(tab.watched, members));
    start_watching(workspace, feed, socket.id, without(members, tab.watched));
  }
  watched_gauge_.add(static_cast<std::int64_t>(members.size()) - static_cast<std::int64_t>(tab.watched.size()));
  tab.watched = std::move(members);
  if (const auto run = run_of(presence_of(workspace, tab.watched))) socket.send(run);
}

void PresenceFeed::tell_again(const SocketHandle& socket) {
  const WorkspaceId workspace = socket.identity.workspace;
  Feed& feed = feeds_.at(workspace);
  Tab& tab = feed.tabs.at(socket.id);
  if (!tab.counts) {
    // With those who went, any of which the tab may still believe to be here.
    const auto known = parts_.presence.roster(workspace);
    if (known.size() <= options_.roster_limit) {
      if (const auto run = run_of(known)) socket.send(run);
      return;
    }
    parts_.hub.unsubscribe(socket.id, roster_channel(workspace));
    count_instead(workspace, feed, socket.id, tab);
  }
  const SharedFrame run = run_of(presence_of(workspace, tab.watched));
  socket.send(frame_of(catalog::PresenceCount{parts_.presence.online(workspace)}));
  if (run) socket.send(run);
}

void PresenceFeed::tell_all_again() {
  for (auto& [workspace, feed] : feeds_) {
    if (feed.counting < feed.tabs.size()) {
      const auto known = parts_.presence.roster(workspace);
      if (known.size() > options_.roster_limit) {
        count_all_instead(workspace, feed);
      } else if (const auto run = run_of(known)) {
        parts_.hub.broadcast(roster_channel(workspace), run);
      }
    }
    feed.counted.reset();
    tell_count(workspace, feed);
    for (const auto& [member, tabs] : feed.watch) {
      parts_.hub.broadcast(watch_channel(workspace, member), update_frame(parts_.presence.presence(workspace, member)));
    }
  }
}

// Those who were here are left out where there are too many to tell of.
std::vector<PresenceDTO> PresenceFeed::roster(WorkspaceId workspace) const {
  if (is_large(workspace)) return {};
  auto all = parts_.presence.roster(workspace);
  if (all.size() > options_.roster_limit) std::erase_if(all, [](const PresenceDTO& one) { return !one.online; });
  return all;
}

void PresenceFeed::changed(WorkspaceId workspace, const PresenceDTO& presence) {
  transitions_counter_.add();
  const auto entry = feeds_.find(workspace);
  if (entry == feeds_.end()) return;
  entry->second.news.insert_or_assign(presence.member_id, presence);
  note_change(workspace, entry->second);
}

void PresenceFeed::forgotten(WorkspaceId workspace, MemberId member) {
  const auto entry = feeds_.find(workspace);
  if (entry == feeds_.end()) return;
  entry->second.news.erase(member);
  note_change(workspace, entry->second);
}

// Its sockets are closed already, and reported as gone later.
void PresenceFeed::forgotten(WorkspaceId workspace) {
  const auto entry = feeds_.find(workspace);
  if (entry == feeds_.end()) return;
  entry->second.news.clear();
  entry->second.roster_json.reset();
}

void PresenceFeed::note_change(WorkspaceId workspace, Feed& feed) {
  feed.roster_json.reset();
  feed.has_changed = true;
  if (feed.tick != 0) return;
  flush(workspace, feed);
  if (options_.tick.count() > 0) start_tick(workspace, feed);
}

void PresenceFeed::start_tick(WorkspaceId workspace, Feed& feed) {
  feed.tick = parts_.scheduler.after(options_.tick, [this, workspace] {
    Feed& ticking = feeds_.at(workspace);
    ticking.tick = 0;
    if (!ticking.has_changed) return;
    flush(workspace, ticking);
    start_tick(workspace, ticking);
  });
}

void PresenceFeed::flush(WorkspaceId workspace, Feed& feed) {
  if (is_large(workspace) && feed.counting < feed.tabs.size()) count_all_instead(workspace, feed);
  if (!feed.news.empty()) tell_news(workspace, feed);
  feed.news.clear();
  feed.has_changed = false;
  tell_count(workspace, feed);
}

void PresenceFeed::tell_news(WorkspaceId workspace, Feed& feed) {
  const bool has_roster_tabs = feed.counting < feed.tabs.size();
  std::vector<SharedFrame> frames;
  for (const auto& [member, presence] : feed.news) {
    const bool is_watched = feed.watch.contains(member);
    if (!has_roster_tabs && !is_watched) continue;
    const SharedFrame frame = update_frame(presence);
    if (has_roster_tabs) frames.push_back(frame);
    if (is_watched) parts_.hub.broadcast(watch_channel(workspace, member), frame);
  }
  if (!has_roster_tabs) return;
  runs_counter_.add();
  parts_.hub.broadcast(roster_channel(workspace), realtime::join(frames));
}

void PresenceFeed::tell_count(WorkspaceId workspace, Feed& feed) {
  if (feed.counting == 0) return;
  const std::size_t online = parts_.presence.online(workspace);
  if (feed.counted == online) return;
  feed.counted = online;
  parts_.hub.broadcast(count_channel(workspace), frame_of(catalog::PresenceCount{online}));
}

void PresenceFeed::count_instead(WorkspaceId workspace, Feed& feed, SocketId socket, Tab& tab) {
  tab.counts = true;
  ++feed.counting;
  counting_gauge_.add();
  parts_.hub.subscribe(socket, count_channel(workspace));
  start_watching(workspace, feed, socket, tab.watched);
}

// A tab goes through this once at most, so that a workspace whose size swings about the limit costs no more.
void PresenceFeed::count_all_instead(WorkspaceId workspace, Feed& feed) {
  for (auto& [socket, tab] : feed.tabs) {
    if (tab.counts) continue;
    parts_.hub.unsubscribe(socket, roster_channel(workspace));
    count_instead(workspace, feed, socket, tab);
  }
  feed.counted.reset();
}

void PresenceFeed::start_watching(WorkspaceId workspace, Feed& feed, SocketId socket,
                                  std::span<const MemberId> members) {
  for (const MemberId member : members) {
    ++feed.watch[member];
    parts_.hub.subscribe(socket, watch_channel(workspace, member));
  }
}

void PresenceFeed::stop_watching(WorkspaceId workspace, Feed& feed, SocketId socket,
                                 std::span<const MemberId> members) {
  for (const MemberId member : members) {
    if (--feed.watch.at(member) == 0) feed.watch.erase(member);
    parts_.hub.unsubscribe(socket, watch_channel(workspace, member));
  }
}

bool PresenceFeed::is_large(WorkspaceId workspace) const {
  return parts_.presence.online(workspace) > options_.roster_limit;
}

SharedFrame PresenceFeed::frame_of(const catalog::ServerEvent& event) const {
  return parts_.encoder.encode(catalog::to_json(event, std::nullopt), std::nullopt);
}

SharedFrame PresenceFeed::update_frame(const PresenceDTO& presence) const {
  return frame_of(catalog::PresenceUpdate{presence.member_id, presence.online, presence.status, presence.last_seen_at});
}

SharedFrame PresenceFeed::run_of(std::span<const PresenceDTO> all) const {
  std::vector<SharedFrame> frames;
  for (const PresenceDTO& one : all) frames.push_back(update_frame(one));
  return realtime::join(frames);
}

std::vector<PresenceDTO> PresenceFeed::presence_of(WorkspaceId workspace, std::span<const MemberId> members) const {
  std::vector<PresenceDTO> all;
  for (const MemberId member : members) all.push_back(parts_.presence.presence(workspace, member));
  return all;
}

}  // namespace orbit::realtime
