#include "http/admin_json.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "catalog/json.hpp"

namespace orbit::http {

namespace json = boost::json;

namespace {

json::object rates_json(const NodeRates& rates) {
  return {{"framesSent", rates.frames_sent},
          {"bytesSent", rates.bytes_sent},
          {"framesReceived", rates.frames_received},
          {"eventsPublished", rates.events_published},
          {"commits", rates.commits},
          {"requests", rates.requests},
          {"socketsOpened", rates.sockets_opened}};
}

template <class Items, class Show>
json::array array_of(const Items& items, Show show) {
  json::array array;
  for (const auto& item : items) array.push_back(show(item));
  return array;
}

}  // namespace

std::string to_json(const NodeStatus& status) {
  const json::array peers = array_of(status.peers, [](const PeerStatus& peer) {
    return json::object{{"name", peer.name}, {"incarnation", peer.incarnation}};
  });
  const json::array top = array_of(status.top_workspaces, [](const BusyWorkspace& workspace) {
    return json::object{{"slug", workspace.slug},
                        {"name", workspace.name},
                        {"sockets", workspace.sockets},
                        {"online", workspace.online}};
  });
  return json::serialize(
      json::object{{"node", status.node},
                   {"version", status.version},
                   {"startedAt", kernel::to_iso8601(status.started_at)},
                   {"uptimeMs", status.uptime.count()},
                   {"residentBytes", status.resident_bytes},
                   {"database", status.database},
                   {"connections", status.connections},
                   {"channels", status.channels},
                   {"rooms", status.rooms},
                   {"queuedBytes", status.queued_bytes},
                   {"commandsWaiting", status.commands_waiting},
                   {"rates", rates_json(status.rates)},
                   {"relayLag", json::object{{"events", status.relay_lag.events},
                                             {"workspaces", status.relay_lag.workspaces},
                                             {"lookedAt", status.relay_lag.looked_at}}},
                   {"realtimeDelayMs", status.realtime_delay_ms},
                   {"backplane", json::object{{"kind", status.backplane}, {"connected", status.backplane_connected}}},
                   {"peers", peers},
                   {"topWorkspaces", top}});
}

std::string to_json(const SocketList& list, const std::string& node) {
  const json::array sockets = array_of(list.sockets, [](const SocketStatus& socket) {
    return json::object{{"id", socket.id},
                        {"memberId", socket.member.str()},
                        {"userId", socket.user.str()},
                        {"sessionId", socket.session.str()},
                        {"shard", socket.shard},
                        {"address", socket.address},
                        {"since", kernel::to_iso8601(socket.since)},
                        {"queuedBytes", socket.queued_bytes},
                        {"rooms", array_of(socket.rooms, [](const std::string& room) { return json::value(room); })}};
  });
  return json::serialize(json::object{{"node", node}, {"count", list.count}, {"sockets", sockets}});
}

std::string presence_json(const std::vector<catalog::PresenceDTO>& presence, const std::string& node) {
  const auto online = std::ranges::count_if(presence, &catalog::PresenceDTO::online);
  return R"({"node":)" + json::serialize(json::string(node)) + R"(,"online":)" + std::to_string(online) +
         R"(,"members":)" + catalog::to_json(presence) + "}";
}

std::string log_json(std::span<const kernel::DomainEvent> events, kernel::Seq head, kernel::Seq trimmed) {
  const json::array entries = array_of(events, [](const kernel::DomainEvent& event) {
    json::object ids;
    for (const auto& [name, value] : event.ids) ids[name] = value;
    return json::object{{"seq", event.seq},
                        {"type", event.type},
                        {"occurredAt", kernel::to_iso8601(event.occurred_at)},
                        {"ids", std::move(ids)}};
  });
  return json::serialize(json::object{{"head", head}, {"trimmed", trimmed}, {"entries", entries}});
}

}  // namespace orbit::http
