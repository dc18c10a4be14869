#include "app/operator_desk.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <limits>
#include <unordered_map>

#include "catalog/json.hpp"
#include "realtime/channel.hpp"

namespace orbit::app {

using http::BusyWorkspace;
using http::NodeStatus;
using http::SocketList;
using http::SocketStatus;
using kernel::ReadContext;
using kernel::Result;
using kernel::Seq;
using kernel::WorkspaceId;

namespace {

constexpr std::chrono::seconds patience{2};
constexpr std::size_t max_looked_at = 1'000;  // workspaces, for the relay's lag
constexpr std::size_t top = 10;

template <class T>
Result<T> wait_for(std::future<T> future) {
  if (future.wait_for(patience) == std::future_status::ready) return future.get();
  return kernel::failure(kernel::ErrorKind::unavailable, "node.overloaded",
                         "The node didn't answer in time. Try again in a moment.");
}

// Whoever has stopped waiting is not told; what `work` refers to outlives the realtime thread.
template <class Work>
auto ask(kernel::Scheduler& scheduler, Work work) -> Result<std::invoke_result_t<Work&>> {
  auto promise = std::make_shared<std::promise<std::invoke_result_t<Work&>>>();
  auto future = promise->get_future();
  scheduler.post([promise, work = std::move(work)]() mutable { promise->set_value(work()); });
  return wait_for(std::move(future));
}

std::uint64_t resident_bytes() {
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t gauge(const kernel::MetricsRegistry& metrics, std::string_view name) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, sum_of(metrics, name)));
}

// The shard's number is the upper part of a socket's id.
std::size_t shard_of(realtime::SocketId id) { return static_cast<std::size_t>(id >> 48); }

std::string shown_id(realtime::SocketId id) {
  return std::to_string(shard_of(id)) + "-" + std::to_string(id & ((std::uint64_t{1} << 48) - 1));
}

}  // namespace

OperatorDesk::OperatorDesk(Parts parts)
    : parts_(std::move(parts)),
      started_at_(parts_.clock.now()),
      started_(parts_.clock.steady_now()),
      rates_(parts_.metrics, parts_.realtime.scheduler, parts_.clock) {}

// What is committed is read first: what the realtime thread has not published by the time it is asked, it was late
// with.
Result<NodeStatus> OperatorDesk::status() {
  const Busiest busiest = parts_.realtime.local_hub.busiest_workspaces(max_looked_at);
  NodeStatus status;
  std::vector<Seq> heads;
  if (auto described = describe(busiest, heads, status.top_workspaces); !described) {
    return std::unexpected(described.error());
  }
  const auto asked = parts_.clock.steady_now();
  auto seen = ask(parts_.realtime.scheduler, [this, busiest] { return look(busiest); });
  if (!seen) return std::unexpected(seen.error());

  status.node = parts_.node_name;
  status.version = version;
  status.started_at = started_at_;
  status.uptime = std::chrono::duration_cast<std::chrono::milliseconds>(parts_.clock.steady_now() - started_);
  status.resident_bytes = resident_bytes();
  status.database = parts_.domain.database.is_shared() ? "postgresql" : "sqlite";
  status.connections = parts_.realtime.local_hub.socket_count();
  status.channels = parts_.realtime.local_hub.channel_count();
  status.rooms = gauge(parts_.metrics, "orbit_rooms");
  status.queued_bytes = gauge(parts_.metrics, "orbit_websocket_queued_bytes");
  status.commands_waiting = gauge(parts_.metrics, "orbit_workers_queued");
  status.rates = seen->rates;
  status.realtime_delay_ms = std::chrono::duration<double, std::milli>(seen->at - asked).count();
  status.backplane =
      parts_.realtime.cluster ? std::string(parts_.realtime.cluster->switchboard.backplane_kind()) : "none";
  status.backplane_connected = seen->connected;
  status.peers = std::move(seen->peers);
  status.relay_lag.looked_at = busiest.size();
  for (std::size_t i = 0; i < busiest.size(); ++i) {
    if (heads[i] <= seen->published[i]) continue;
    status.relay_lag.events += heads[i] - seen->published[i];
    ++status.relay_lag.workspaces;
  }
  for (std::size_t i = 0; i < status.top_workspaces.size(); ++i) status.top_workspaces[i].online = seen->online[i];
  std::erase_if(status.top_workspaces, [](const BusyWorkspace& workspace) { return workspace.slug.empty(); });
  return status;
}

// The heads of all of them, in their order, and the names of the first.
Result<> OperatorDesk::describe(const Busiest& busiest, std::vector<Seq>& heads,
                                std::vector<BusyWorkspace>& top_workspaces) const {
  return parts_.domain.unit_of_work.read([&](const ReadContext& context) -> Result<> {
    std::vector<WorkspaceId> ids;
    for (const auto& [workspace, sockets] : busiest) ids.push_back(workspace);
    std::unordered_map<WorkspaceId, Seq> known;
    for (const auto& [workspace, head] : parts_.domain.database.event_log().heads(context, ids)) {
      known[workspace] = head;
    }
    for (const WorkspaceId workspace : ids) heads.push_back(known[workspace]);
    for (std::size_t i = 0; i < std::min(top, busiest.size()); ++i) {
      const auto found = parts_.domain.repositories.workspaces.find(context, busiest[i].first);
      BusyWorkspace one{"", "", busiest[i].second, 0};
      if (found) {
        one.slug = found->state().slug;
        one.name = found->state().name;
      }
      top_workspaces.push_back(std::move(one));
    }
    return {};
  });
}

OperatorDesk::SeenOnRealtimeThread OperatorDesk::look(const Busiest& busiest) const {
  const RealtimeAccess& realtime = parts_.realtime;
  SeenOnRealtimeThread seen;
  seen.at = parts_.clock.steady_now();
  for (std::size_t i = 0; i < busiest.size(); ++i) {
    // In memory for a workspace with sockets; where the database is asked after all and fails, it isn't called late.
    const auto published = realtime.relay.published_seq(busiest[i].first);
    seen.published.push_back(published.value_or(std::numeric_limits<Seq>::max()));
    if (i < top) seen.online.push_back(realtime.presence.online(busiest[i].first));
  }
  seen.rates = rates_.rates();
  if (!realtime.cluster) return seen;
  seen.connected = realtime.cluster->switchboard.is_connected();
  for (const cluster::Peer& peer : realtime.cluster->peers.all()) {
    seen.peers.push_back({peer.name, kernel::to_string(peer.incarnation)});
  }
  return seen;
}

Result<SocketList> OperatorDesk::sockets(WorkspaceId workspace, std::size_t limit) {
  auto handles = parts_.realtime.local_hub.sockets_for_workspace(workspace);
  SocketList list;
  list.count = handles.size();
  std::ranges::sort(handles, {}, &realtime::SocketHandle::id);
  if (handles.size() > limit) handles.resize(limit);

  std::vector<std::vector<realtime::SocketHandle>> on_shard(parts_.shards.size());
  for (const auto& handle : handles) on_shard.at(shard_of(handle.id)).push_back(handle);
  std::vector<std::future<websocket::ConnectionReports>> reports(parts_.shards.size());
  for (std::size_t shard = 0; shard < on_shard.size(); ++shard) {
    std::vector<realtime::SocketSlot> slots;
    for (const auto& handle : on_shard[shard]) slots.push_back(handle.slot);
    auto promise = std::make_shared<std::promise<websocket::ConnectionReports>>();
    reports[shard] = promise->get_future();
    parts_.shards[shard]->with_reports(std::move(slots),
                                       [promise](auto answer) { promise->set_value(std::move(answer)); });
  }
  const std::string room_prefix = realtime::room_channel(workspace, "");
  for (std::size_t shard = 0; shard < on_shard.size(); ++shard) {
    const auto answer = wait_for(std::move(reports[shard]));
    if (!answer) return std::unexpected(answer.error());
    for (std::size_t i = 0; i < answer->size(); ++i) {
      const auto& report = (*answer)[i];
      if (!report) continue;
      const auto& [id, identity, fanout, slot] = on_shard[shard][i];
      SocketStatus socket{shown_id(id),
                          identity.member,
                          identity.user,
                          identity.session,
                          shard,
                          report->address,
                          report->opened_at,
                          report->queued_bytes,
                          {}};
      for (const std::string& channel : parts_.realtime.local_hub.channels_for_socket(id)) {
        if (channel.starts_with(room_prefix)) socket.rooms.push_back(channel.substr(room_prefix.size()));
      }
      list.sockets.push_back(std::move(socket));
    }
  }
  return list;
}

Result<std::vector<catalog::PresenceDTO>> OperatorDesk::presence(WorkspaceId workspace) {
  auto promise = std::make_shared<std::promise<std::vector<catalog::PresenceDTO>>>();
  auto future = promise->get_future();
  parts_.realtime.scheduler.post([this, promise, workspace] {
    const auto tell = [this, promise, workspace] { promise->set_value(parts_.realtime.presence.roster(workspace)); };
    if (!parts_.realtime.cluster) return tell();
    parts_.realtime.cluster->presence.with_presence(workspace, tell);
  });
  return wait_for(std::move(future));
}

Result<std::size_t> OperatorDesk::disconnect(kernel::MemberId member) {
  return ask(parts_.realtime.scheduler, [this, member] {
    const std::size_t here = parts_.realtime.local_hub.sockets_for_member(member).size();
    if (parts_.realtime.cluster) {
      parts_.realtime.cluster->hub.send_away_member(member);
    } else {
      parts_.realtime.local_hub.close_member(member, realtime::CloseCode::going_away,
                                             cluster::ClusterRealtimeHub::sent_away);
    }
    return here;
  });
}

Result<> OperatorDesk::publish(const http::RoomMessage& message) {
  if (parts_.realtime.room_authorizers.find(message.room) == nullptr) {
    return kernel::failure(kernel::ErrorKind::not_found, "room.unknown", "There is no room of that name.");
  }
  const catalog::RoomSignal signal{message.room, message.member, message.kind, message.payload};
  const auto told = ask(parts_.realtime.scheduler, [this, signal, workspace = message.workspace] {
    parts_.realtime.hub.broadcast(realtime::room_channel(workspace, signal.room),
                                  parts_.realtime.encoder.encode(catalog::to_json(signal, std::nullopt), std::nullopt));
    return true;
  });
  if (!told) return std::unexpected(told.error());
  return {};
}

}  // namespace orbit::app
