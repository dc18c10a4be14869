#include "realtime/rooms.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "catalog/json.hpp"
#include "realtime/channel.hpp"
#include "workspaces/events.hpp"

namespace orbit::realtime {

using kernel::DomainEvent;
using kernel::ErrorKind;
using kernel::failure;
using kernel::MemberId;
using kernel::ReadContext;
using kernel::Result;
using kernel::WorkspaceId;

Rooms::Rooms(const Parts& parts, const RoomOptions& options, kernel::MetricsRegistry& metrics)
    : parts_(parts),
      options_(options),
      rooms_gauge_(metrics.gauge("orbit_rooms", "Rooms that somebody is in")),
      evicted_counter_(metrics.counter("orbit_rooms_evicted_total", "Members who lost the right to be in a room")),
      signals_counter_(metrics.counter("orbit_rooms_signals_total", "Signals that members sent")),
      signal_runs_counter_(metrics.counter("orbit_rooms_signal_runs_total", "Runs of signals sent to sockets")),
      refused_elsewhere_counter_(metrics.counter("orbit_rooms_signals_elsewhere_refused_total",
                                                 "Signals from other nodes that were dropped, beyond a limit")) {
  kernel::EventBus& bus = parts_.bus;
  bus.subscribe<workspaces::MemberRoleChanged>(
      [this](const auto& event, const DomainEvent& cause) { recheck(cause.workspace_id, event.member_id); });
  bus.subscribe<workspaces::RoleUpdated>(
      [this](const auto&, const DomainEvent& cause) { recheck(cause.workspace_id, std::nullopt); });
  bus.subscribe<workspaces::TeamMemberRemoved>(
      [this](const auto& event, const DomainEvent& cause) { recheck(cause.workspace_id, event.member_id); });
  bus.subscribe<workspaces::TeamDeleted>(
      [this](const auto&, const DomainEvent& cause) { recheck(cause.workspace_id, std::nullopt); });
  bus.subscribe<workspaces::MemberLeft>(
      [this](const auto& event, const DomainEvent& cause) { forget_member(cause.workspace_id, event.member_id); });
}

Rooms::~Rooms() {
  for (auto& [key, room] : rooms_) {
    for (auto& [member, presence] : room.members) cancel_grace(presence);
    parts_.scheduler.cancel(room.tick);
  }
}

Result<bool> Rooms::may_enter(const RoomVisitor& visitor, const std::string& room) const {
  const RoomAuthorizer* authorizer = parts_.authorizers.find(room);
  if (authorizer == nullptr) return failure(ErrorKind::not_found, "room.unknown", "There is no room of that name.");
  return parts_.unit_of_work.read(
      [&](const ReadContext& context) -> Result<bool> { return authorizer->may_enter(context, visitor, room); });
}

Result<> Rooms::join(const SocketHandle& socket, const std::string& room) {
  const auto& identity = socket.identity;
  const Key key{identity.workspace, room};
  if (!is_in(socket.id, key.workspace, room)) {
    const auto allowed = may_enter({identity.workspace, identity.member}, room);
    if (!allowed) return std::unexpected(allowed.error());
    if (!*allowed) return failure(ErrorKind::forbidden, "room.forbidden", "You may not come into this room.");
    const auto joined = joined_.find(socket.id);
    if (joined != joined_.end() && joined->second.size() >= options_.rooms_per_socket) {
      return failure(ErrorKind::too_many, "room.too_many",
                     "A tab may be in at most " + std::to_string(options_.rooms_per_socket) + " rooms.");
    }
    Presence& presence = rooms_[key].members[identity.member];
    const bool was_here = presence.is_here();
    cancel_grace(presence);
    presence.tabs.push_back(socket);
    joined_[socket.id].insert(key);
    rooms_gauge_.set(static_cast<std::int64_t>(rooms_.size()));
    if (!was_here) arrive(key, identity.member);  // this socket finds itself in its own room.joined
    parts_.hub.subscribe(socket.id, room_channel(key.workspace, room));
  }
  tell_how_it_stands(socket, key);
  return {};
}

void Rooms::tell_how_it_stands(const SocketHandle& socket, const Key& key) const {
  const Room& room = rooms_.at(key);
  catalog::RoomJoined event{key.room, {}};
  for (const auto& [member, presence] : room.members) event.members.push_back(member);
  send(socket, event);
  tell_signals(socket, key);
}

void Rooms::tell_signals(const SocketHandle& socket, const Key& key) const {
  const SignalRun standing(rooms_.at(key).signals.standing(), key.room, parts_.encoder);
  if (const auto frame = standing.for_socket(socket.id)) socket.send(frame);
}

void Rooms::tell_signals_again(const SocketHandle& socket) const {
  const auto entry = joined_.find(socket.id);
  if (entry == joined_.end()) return;
  for (const Key& key : entry->second) tell_signals(socket, key);
}

void Rooms::tell_again(const SocketHandle& socket) const {
  const auto entry = joined_.find(socket.id);
  if (entry == joined_.end()) return;
  for (const Key& key : entry->second) tell_how_it_stands(socket, key);
}

void Rooms::tell_all_again() const {
  for (const auto& [key, room] : rooms_) {
    for (const auto& [member, presence] : room.members) {
      for (const SocketHandle& socket : presence.tabs) tell_how_it_stands(socket, key);
    }
  }
}

Result<> Rooms::leave(const SocketHandle& socket, const std::string& room) {
  const Key key{socket.identity.workspace, room};
  if (!is_in(socket.id, key.workspace, room)) {
    return failure(ErrorKind::not_found, "room.not_joined", "This tab is not in that room.");
  }
  unsubscribe(socket, key);
  Presence& presence = rooms_.at(key).members.at(socket.identity.member);
  std::erase_if(presence.tabs, [&](const SocketHandle& tab) { return tab.id == socket.id; });
  if (presence.tabs.empty()) depart(key, socket.identity.member);
  send(socket, catalog::RoomLeft{room});
  return {};
}

void Rooms::unsubscribe(const SocketHandle& socket, const Key& key) {
  parts_.hub.unsubscribe(socket.id, room_channel(key.workspace, key.room));
  const auto entry = joined_.find(socket.id);
  if (entry == joined_.end()) return;
  entry->second.erase(key);
  if (entry->second.empty()) joined_.erase(entry);
}

void Rooms::disconnected(const SocketHandle& socket) {
  const auto entry = joined_.find(socket.id);
  if (entry == joined_.end()) return;
  const std::set<Key> keys = std::move(entry->second);
  joined_.erase(entry);
  const MemberId member = socket.identity.member;
  for (const Key& key : keys) {
    Presence& presence = rooms_.at(key).members.at(member);
    std::erase_if(presence.tabs, [&](const SocketHandle& tab) { return tab.id == socket.id; });
    if (!presence.tabs.empty()) continue;
    if (options_.grace.count() == 0) {
      depart(key, member);
    } else {
      presence.grace_timer = parts_.scheduler.after(options_.grace, [this, key, member] { grace_over(key, member); });
    }
  }
}

void Rooms::grace_over(const Key& key, MemberId member) {
  rooms_.at(key).members.at(member).grace_timer = 0;
  depart(key, member);
}

void Rooms::cancel_grace(Presence& presence) {
  if (presence.grace_timer == 0) return;
  parts_.scheduler.cancel(presence.grace_timer);
  presence.grace_timer = 0;
}

void Rooms::arrive(const Key& key, MemberId member) {
  Room& room = rooms_.at(key);
  const bool is_first = ++room.here == 1;
  if (room.members.at(member).elsewhere.empty()) tell(key, member, true);
  if (replication_ == nullptr) return;
  if (is_first) replication_->opened(key.workspace, key.room);
  replication_->came(key.workspace, key.room, member);
}

// Their tabs have been taken away.
void Rooms::depart(const Key& key, MemberId member) {
  const auto entry = rooms_.find(key);
  Room& room = entry->second;
  if (replication_ != nullptr) replication_->went(key.workspace, key.room, member);
  const bool is_last = --room.here == 0;
  if (is_last) {
    parts_.scheduler.cancel(room.tick);
    rooms_.erase(entry);
    rooms_gauge_.set(static_cast<std::int64_t>(rooms_.size()));
    if (replication_ != nullptr) replication_->closed(key.workspace, key.room);
  } else if (room.members.at(member).elsewhere.empty()) {
    remove(key, room, member);
  } else {
    room.signals.forget(member, std::nullopt);
  }
}

// They are in it nowhere.
void Rooms::remove(const Key& key, Room& room, MemberId member) {
  room.members.erase(member);
  room.signals.forget(member);
  tell(key, member, false);
}

Result<> Rooms::signal(const SocketHandle& socket, const std::string& room, std::string kind,
                       catalog::RawJson payload) {
  const Key key{socket.identity.workspace, room};
  if (!is_in(socket.id, key.workspace, room)) {
    return failure(ErrorKind::not_found, "room.not_joined", "This tab is not in that room.");
  }
  Room& present = rooms_.at(key);
  signals_counter_.add();
  if (!present.signals.put({socket.identity.member, socket.id, std::move(kind), std::move(payload)})) {
    return failure(ErrorKind::too_many, "room.busy", "Too much is signalled in this room at once.");
  }
  tell_news(key, present);
  return {};
}

// At once in a quiet room, else with its next tick.
void Rooms::tell_news(const Key& key, Room& room) {
  if (room.tick != 0) return;
  send_signals(key, room);
  if (options_.tick.count() != 0) start_tick(key, room);
}

void Rooms::start_tick(const Key& key, Room& room) {
  room.tick =
      parts_.scheduler.after(room.members.size() > options_.few ? options_.tick : options_.quick_tick, [this, key] {
        Room& ticking = rooms_.at(key);
        ticking.tick = 0;
        if (!ticking.signals.has_news()) return;
        send_signals(key, ticking);
        start_tick(key, ticking);
      });
}

void Rooms::send_signals(const Key& key, Room& room) {
  std::vector<Signal> news = room.signals.take_news();
  if (replication_ != nullptr) replicate_signals(key, news);
  const SignalRun run(std::move(news), key.room, parts_.encoder);
  for (const auto& [member, presence] : room.members) {
    for (const SocketHandle& socket : presence.tabs) {
      const auto frame = run.for_socket(socket.id);
      if (!frame) continue;
      socket.send(frame);
      signal_runs_counter_.add();
    }
  }
}

bool Rooms::is_in(SocketId socket, WorkspaceId workspace, const std::string& room) const {
  const auto entry = joined_.find(socket);
  return entry != joined_.end() && entry->second.contains(Key{workspace, room});
}

// Whoever can't be shown to have the right still is put out: they may ask again.
void Rooms::recheck(WorkspaceId workspace, std::optional<MemberId> only) {
  std::vector<std::pair<Key, MemberId>> out;
  for (auto entry = rooms_.lower_bound(Key{workspace, ""}); entry != rooms_.end(); ++entry) {
    const auto& [key, room] = *entry;
    if (key.workspace != workspace) break;
    for (const auto& [member, presence] : room.members) {
      if (!presence.is_here() || (only && *only != member)) continue;
      const auto allowed = may_enter({workspace, member}, key.room);
      if (!allowed) spdlog::warn("room {}: {}: {}", key.room, member.str(), allowed.error().message);
      if (!allowed || !*allowed) out.emplace_back(key, member);
    }
  }
  // All of them before the others are told, so that none hears of another.
  for (const auto& [key, member] : out) {
    for (const SocketHandle& socket : take_tabs(key, member)) send(socket, catalog::RoomLeft{key.room});
  }
  for (const auto& [key, member] : out) depart(key, member);
  evicted_counter_.add(static_cast<std::int64_t>(out.size()));
}

std::vector<SocketHandle> Rooms::take_tabs(const Key& key, MemberId member) {
  Presence& presence = rooms_.at(key).members.at(member);
  cancel_grace(presence);
  for (const SocketHandle& socket : presence.tabs) unsubscribe(socket, key);
  return std::exchange(presence.tabs, {});
}

void Rooms::tell(const Key& key, MemberId member, bool online) {
  const catalog::RoomPresence event{key.room, member, online};
  parts_.hub.broadcast(room_channel(key.workspace, key.room),
                       parts_.encoder.encode(catalog::to_json(event, std::nullopt), std::nullopt));
}

// Never dropped under pressure: a tab that doesn't know which rooms it is in can't put that right.
void Rooms::send(const SocketHandle& socket, const catalog::ServerEvent& event) const {
  socket.send(parts_.encoder.encode_for_one(catalog::to_json(event, std::nullopt), kernel::Seq{0}));
}

}  // namespace orbit::realtime
