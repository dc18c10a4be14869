#include "realtime/realtime_gateway.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "catalog/json.hpp"
#include "realtime/channel.hpp"

namespace orbit::realtime {

using kernel::Seq;

RealtimeGateway::RealtimeGateway(const Parts& parts, std::string epoch, const GatewayOptions& options,
                                 kernel::MetricsRegistry& metrics)
    : parts_(parts),
      permission_channels_(parts.hub),
      epoch_(std::move(epoch)),
      options_(options),
      opened_counter_(metrics.counter("orbit_gateway_opened_total", "Sockets that got their hello")),
      turned_away_(metrics),
      client_events_counter_(metrics.counter("orbit_gateway_client_events_total", "Client events handled")),
      refused_events_counter_(metrics.counter("orbit_gateway_refused_events_total", "Client events refused")) {}

RealtimeGateway::TurnedAway::TurnedAway(kernel::MetricsRegistry& metrics) {
  for (const auto& [code, name] : {std::pair{CloseCode::restarting, "database"},
                                   {CloseCode::session_ended, "session"},
                                   {CloseCode::membership_ended, "membership"},
                                   {CloseCode::too_many, "too_many"}}) {
    by_code_[code] = &metrics.counter("orbit_gateway_turned_away_total", "Sockets closed before their hello, by why",
                                      {{"reason", name}});
  }
}

void RealtimeGateway::opened(const SocketHandle& socket, const std::optional<StreamCursor>& cursor) {
  parts_.scheduler.post([this, socket, cursor] { attach(socket, cursor); });
}

void RealtimeGateway::closed(const SocketHandle& socket) {
  parts_.scheduler.post([this, socket] { detach(socket); });
}

void RealtimeGateway::caught_up(const SocketHandle& socket) {
  parts_.scheduler.post([this, socket] {
    if (!attached_.contains(socket.id)) return;
    parts_.presence_feed.tell_again(socket);
    parts_.rooms.tell_again(socket);
  });
}

void RealtimeGateway::skipped(const SocketHandle& socket) {
  parts_.scheduler.post([this, socket] { parts_.rooms.tell_signals_again(socket); });
}

void RealtimeGateway::broadcasts_dropped() {
  parts_.scheduler.post([this] {
    parts_.presence_feed.tell_all_again();
    parts_.rooms.tell_all_again();
  });
}

void RealtimeGateway::received(const SocketHandle& socket, std::string_view text) {
  if (pending_events_.fetch_add(1) >= options_.max_pending_events) {
    pending_events_.fetch_sub(1);
    refuse(socket, std::nullopt, "overloaded", "The node is too busy for this right now. Try again in a moment.");
    return;
  }
  parts_.scheduler.post([this, socket, frame = catalog::parse_client_frame(text)] {
    pending_events_.fetch_sub(1);
    handle(socket, frame);
  });
}

void RealtimeGateway::session_ended(kernel::SessionId session) {
  parts_.scheduler.post(
      [this, session] { parts_.hub.close_session(session, CloseCode::session_ended, "the session ended"); });
}

// The handshake was admitted a moment ago on another thread; meanwhile the membership or the session may have ended.
// From here on the events that say so close the socket.
void RealtimeGateway::attach(const SocketHandle& socket, const std::optional<StreamCursor>& cursor) {
  const auto turn_away = [&](CloseCode code, std::string_view reason) {
    turned_away_.count(code);
    socket.close(code, reason);
  };
  const auto& identity = socket.identity;
  // In this order: whatever ended them up to that seq shows in the standing, and later events come to this socket.
  const auto seq = stream_position(identity.workspace, cursor);
  const auto standing = parts_.admission.recheck(identity);
  if (!standing || !seq) {
    spdlog::debug("socket {}: the database can't be read; closing", socket.id);  // which says so itself
    return turn_away(CloseCode::restarting, "try again");
  }
  if (!standing->session_live) return turn_away(CloseCode::session_ended, "the session ended");
  if (!standing->is_member) return turn_away(CloseCode::membership_ended, "the membership ended");
  if (parts_.hub.sockets_for_member(identity.member).size() >= options_.sockets_per_member) {
    return turn_away(CloseCode::too_many, "too many sockets");
  }
  std::size_t& attached_here = attached_in_[identity.workspace];
  if (options_.sockets_per_workspace != 0 && attached_here >= options_.sockets_per_workspace) {
    return turn_away(CloseCode::too_many, "too many sockets in the workspace");
  }

  ++attached_here;
  attached_.insert(socket.id);
  parts_.relay.retain(identity.workspace);
  parts_.history.retain(identity.workspace, *seq);
  // Others hear of it first: this socket finds itself in its own hello.
  parts_.presence.connect(identity.workspace, identity.member, socket.id);
  parts_.hub.register_socket(socket);
  parts_.hub.subscribe(socket.id, workspace_channel(identity.workspace));
  parts_.hub.subscribe(socket.id, member_channel(identity.member));
  permission_channels_.subscribe(socket, standing->permissions);
  if (cursor) {
    resume(socket, *cursor, *seq, *standing);
  } else {
    greet(socket, *seq);
  }
  opened_counter_.add();
  spdlog::debug("socket {}: opened by member {} of {}, session {}", socket.id, identity.member.str(),
                identity.workspace.str(), identity.session.str());
}

// A cursor may come from a snapshot of what was committed so lately that the relay has not heard of it.
kernel::Result<Seq> RealtimeGateway::stream_position(kernel::WorkspaceId workspace,
                                                     const std::optional<StreamCursor>& cursor) {
  auto seq = parts_.relay.published_seq(workspace);
  if (!seq || !cursor || cursor->seq <= *seq) return seq;
  return parts_.relay.published_seq_caught_up(workspace);
}

// The socket is on its channels already: what is published later follows what is replayed here, on the same queue.
void RealtimeGateway::resume(const SocketHandle& socket, const StreamCursor& cursor, Seq published,
                             const SocketAdmission::Standing& standing) {
  const bool sees_invites = std::ranges::find(standing.permissions, catalog::Permission::workspace_members_invite) !=
                            standing.permissions.end();
  const Viewer viewer{socket.identity.member.uuid(), standing.role.uuid(), sees_invites};
  const auto missed = parts_.history.replay(socket.identity.workspace, cursor, published, viewer);
  if (missed) {
    greet(socket, cursor.seq);
    if (*missed) socket.send(*missed);
  } else {
    greet(socket, published);
    send(socket, catalog::Resync{kernel::stream_epoch(epoch_, socket.identity.workspace), published, missed.error()},
         published);
  }
}

// What has been published by then comes from the history, what is published later from the room's channel, which the
// socket is on before this thread does anything else.
kernel::Result<> RealtimeGateway::join_room(const SocketHandle& socket, const catalog::RoomJoin& join) {
  if (!join.after) return parts_.rooms.join(socket, join.room);
  const auto workspace = socket.identity.workspace;
  const auto published = stream_position(workspace, StreamCursor{{}, *join.after});
  if (!published) return std::unexpected(published.error());
  if (auto joined = parts_.rooms.join(socket, join.room); !joined) return joined;
  const auto missed = parts_.history.replay_room(workspace, join.room, *join.after, *published);
  if (!missed) {
    send(socket, catalog::Resync{kernel::stream_epoch(epoch_, workspace), *published, missed.error()}, *published);
  } else if (*missed) {
    socket.send(*missed);
  }
  return {};
}

void RealtimeGateway::greet(const SocketHandle& socket, Seq seq) {
  const auto& [workspace, member, user, session] = socket.identity;
  catalog::Hello hello{
      member, workspace, kernel::stream_epoch(epoch_, workspace), seq, parts_.clock.now(), options_.heartbeat.count(),
      {},     {}};
  if (!options_.node_name.empty()) hello.node = options_.node_name;
  const auto welcome = parts_.presence_feed.join(socket);
  socket.send(parts_.encoder.encode_for_one(catalog::hello_with(hello, welcome.roster_json), seq));
  if (welcome.count) socket.send(welcome.count);
}

void RealtimeGateway::detach(const SocketHandle& socket) {
  if (attached_.erase(socket.id) == 0) return;
  if (const auto here = attached_in_.find(socket.identity.workspace); --here->second == 0) attached_in_.erase(here);
  parts_.hub.unregister_socket(socket.id);
  parts_.history.release(socket.identity.workspace);
  parts_.relay.release(socket.identity.workspace);
  parts_.rooms.disconnected(socket);
  parts_.presence_feed.leave(socket);
  parts_.presence.disconnect(socket.identity.workspace, socket.identity.member, socket.id);
}

// One overload for each client event: a new one without its own does not compile. Each returns whether it answered
// itself.
struct RealtimeGateway::Handler {
  RealtimeGateway& gateway;
  const SocketHandle& socket;
  const std::optional<std::string>& ref;

  bool operator()(const catalog::Ping&) const {
    const auto seq = gateway.parts_.relay.published_seq(socket.identity.workspace);
    if (!seq) return refused(std::unexpected(seq.error()));
    gateway.send(socket, catalog::Pong{gateway.parts_.clock.now(), *seq});
    return false;
  }
  bool operator()(const catalog::PresenceAway&) const { return set_away(true); }
  bool operator()(const catalog::PresenceBack&) const { return set_away(false); }
  bool operator()(const catalog::PresenceWatch& watch) const {
    gateway.parts_.presence_feed.watch(socket, watch.member_ids);
    return false;
  }
  bool operator()(const catalog::RoomJoin& join) const { return refused(gateway.join_room(socket, join)); }
  bool operator()(const catalog::RoomLeave& leave) const {
    return refused(gateway.parts_.rooms.leave(socket, leave.room));
  }
  bool operator()(const catalog::SendRoomSignal& signal) const {
    return refused(gateway.parts_.rooms.signal(socket, signal.room, signal.kind, signal.payload));
  }

 private:
  bool set_away(bool away) const {
    gateway.parts_.presence.set_away(socket.identity.workspace, socket.identity.member, socket.id, away);
    return false;
  }
  bool refused(const kernel::Result<>& outcome) const {
    if (outcome) return false;
    gateway.refuse(socket, ref, outcome.error().code, outcome.error().message);
    return true;
  }
};

void RealtimeGateway::handle(const SocketHandle& socket, const Parsed& frame) {
  if (!attached_.contains(socket.id)) return;  // turned away, or gone meanwhile
  if (!frame) {
    refuse(socket, frame.error().ref, frame.error().error.code, frame.error().error.message);
    return;
  }
  client_events_counter_.add();
  const bool answered = std::visit(Handler{*this, socket, frame->ref}, frame->event);
  if (frame->ref && !answered) send(socket, catalog::Reply{*frame->ref, true});
}

void RealtimeGateway::send(const SocketHandle& socket, const catalog::ServerEvent& event,
                           std::optional<Seq> never_dropped) const {
  socket.send(parts_.encoder.encode_for_one(catalog::to_json(event, std::nullopt), never_dropped));
}

void RealtimeGateway::refuse(const SocketHandle& socket, const std::optional<std::string>& ref, std::string code,
                             std::string message) const {
  refused_events_counter_.add();
  catalog::ErrorEvent error{{}, std::move(code), std::move(message)};
  if (ref) error.ref = *ref;
  send(socket, error);
}

}  // namespace orbit::realtime
