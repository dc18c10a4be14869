#include "realtime/in_process_realtime_hub.hpp"

#include <algorithm>

namespace orbit::realtime {

InProcessRealtimeHub::InProcessRealtimeHub(kernel::MetricsRegistry& metrics)
    : sockets_gauge_(metrics.gauge("orbit_hub_sockets", "Sockets that the hub knows")),
      channels_gauge_(metrics.gauge("orbit_hub_channels", "Channels with at least one subscriber")),
      broadcasts_counter_(metrics.counter("orbit_hub_broadcasts_total", "Frames broadcast, each counted once")) {}

namespace {

template <class Table, class IdType>
void drop(Table& table, IdType id, SocketId socket) {
  const auto entry = table.find(id);
  if (entry == table.end()) return;
  auto& sockets = entry->second;
  sockets.erase(std::ranges::remove(sockets, socket).begin(), sockets.end());
  if (entry->second.empty()) table.erase(entry);
}

}  // namespace

void InProcessRealtimeHub::register_socket(const SocketHandle& socket) {
  const std::lock_guard lock(mutex_);
  const auto [entry, is_new] = sockets_.try_emplace(socket.id);
  if (!is_new) return;
  auto& in_workspace = by_workspace_[socket.identity.workspace];
  entry->second.handle = socket;
  entry->second.place = in_workspace.size();
  by_member_[socket.identity.member].push_back(socket.id);
  by_session_[socket.identity.session].push_back(socket.id);
  in_workspace.push_back(socket.id);
  sockets_gauge_.set(static_cast<std::int64_t>(sockets_.size()));
}

void InProcessRealtimeHub::unregister_socket(SocketId socket) {
  const std::lock_guard lock(mutex_);
  forget(socket);
}

void InProcessRealtimeHub::forget(SocketId id) {
  const auto entry = sockets_.find(id);
  if (entry == sockets_.end()) return;
  Socket& socket = entry->second;
  while (!socket.channels.empty()) leave(socket, socket.channels.back());
  drop(by_member_, socket.handle.identity.member, id);
  drop(by_session_, socket.handle.identity.session, id);
  leave_workspace(socket);
  sockets_.erase(entry);
  sockets_gauge_.set(static_cast<std::int64_t>(sockets_.size()));
}

// The last one takes the place that becomes free: a workspace may have thousands, and all may leave at once.
void InProcessRealtimeHub::leave_workspace(const Socket& socket) {
  const auto entry = by_workspace_.find(socket.handle.identity.workspace);
  auto& sockets = entry->second;
  sockets_.at(sockets.back()).place = socket.place;
  sockets[socket.place] = sockets.back();
  sockets.pop_back();
  if (sockets.empty()) by_workspace_.erase(entry);
}

ChannelIndex InProcessRealtimeHub::intern(std::string_view channel) {
  if (const auto found = index_by_name_.find(channel); found != index_by_name_.end()) return found->second;
  ChannelIndex index = static_cast<ChannelIndex>(channels_.size());
  if (free_indices_.empty()) {
    channels_.emplace_back();
  } else {
    index = free_indices_.back();
    free_indices_.pop_back();
  }
  channels_[index].name = &index_by_name_.emplace(channel, index).first->first;
  if (channel_listener_ != nullptr) channel_listener_->channel_opened(channel);
  channels_gauge_.set(static_cast<std::int64_t>(index_by_name_.size()));
  return index;
}

// An index is only given to another channel once every shard has been told that its last socket left, so no broadcast
// of the one can reach a socket of the other.
void InProcessRealtimeHub::release_if_empty(ChannelIndex index) {
  Channel& channel = channels_[index];
  if (!channel.subscribers.empty()) return;
  if (channel_listener_ != nullptr) channel_listener_->channel_closed(*channel.name);
  index_by_name_.erase(index_by_name_.find(*channel.name));
  channel = Channel{};
  free_indices_.push_back(index);
  channels_gauge_.set(static_cast<std::int64_t>(index_by_name_.size()));
}

void InProcessRealtimeHub::join(Socket& socket, ChannelIndex index) {
  if (std::ranges::find(socket.channels, index) != socket.channels.end()) return;
  socket.channels.push_back(index);
  auto& subscribers = channels_[index].subscribers;
  const auto on_shard =
      std::ranges::find(subscribers, socket.handle.shard, [](const auto& entry) { return entry.first; });
  if (on_shard == subscribers.end()) {
    subscribers.emplace_back(socket.handle.shard, 1);
  } else {
    ++on_shard->second;
  }
  socket.handle.shard->subscribe(socket.handle.slot, index);
}

bool InProcessRealtimeHub::leave(Socket& socket, ChannelIndex index) {
  const auto found = std::ranges::find(socket.channels, index);
  if (found == socket.channels.end()) return false;
  socket.channels.erase(found);
  socket.handle.shard->unsubscribe(socket.handle.slot, index);
  auto& subscribers = channels_[index].subscribers;
  const auto on_shard =
      std::ranges::find(subscribers, socket.handle.shard, [](const auto& entry) { return entry.first; });
  if (--on_shard->second == 0) subscribers.erase(on_shard);
  release_if_empty(index);
  return true;
}

void InProcessRealtimeHub::subscribe(SocketId socket, std::string_view channel) {
  const std::lock_guard lock(mutex_);
  const auto entry = sockets_.find(socket);
  if (entry != sockets_.end()) join(entry->second, intern(channel));
}

void InProcessRealtimeHub::unsubscribe(SocketId socket, std::string_view channel) {
  const std::lock_guard lock(mutex_);
  const auto entry = sockets_.find(socket);
  const auto index = index_by_name_.find(channel);
  if (entry != sockets_.end() && index != index_by_name_.end()) leave(entry->second, index->second);
}

void InProcessRealtimeHub::broadcast(std::string_view channel, const SharedFrame& frame) {
  const std::lock_guard lock(mutex_);
  broadcasts_counter_.add();
  const auto found = index_by_name_.find(channel);
  if (found == index_by_name_.end()) return;
  const ChannelIndex index = found->second;
  for (const auto& [shard, count] : channels_[index].subscribers) shard->broadcast(std::span(&index, 1), frame);
}

void InProcessRealtimeHub::broadcast_many(std::span<const std::string> channels, const SharedFrame& frame) {
  const std::lock_guard lock(mutex_);
  broadcasts_counter_.add();
  std::unordered_map<FanoutShard*, std::vector<ChannelIndex>> by_shard;
  for (const std::string& channel : channels) {
    const auto found = index_by_name_.find(channel);
    if (found == index_by_name_.end()) continue;
    for (const auto& [shard, count] : channels_[found->second].subscribers) by_shard[shard].push_back(found->second);
  }
  for (const auto& [shard, indices] : by_shard) shard->broadcast(indices, frame);
}

template <class IdType>
std::vector<SocketHandle> InProcessRealtimeHub::handles(const SocketsOf<IdType>& table, IdType id) const {
  std::vector<SocketHandle> out;
  if (const auto found = table.find(id); found != table.end()) {
    for (const SocketId socket : found->second) out.push_back(sockets_.at(socket).handle);
  }
  return out;
}

std::vector<SocketHandle> InProcessRealtimeHub::sockets_for_member(kernel::MemberId member) const {
  const std::lock_guard lock(mutex_);
  return handles(by_member_, member);
}

std::vector<SocketHandle> InProcessRealtimeHub::sockets_for_workspace(kernel::WorkspaceId workspace) const {
  const std::lock_guard lock(mutex_);
  return handles(by_workspace_, workspace);
}

std::vector<kernel::SessionId> InProcessRealtimeHub::sessions() const {
  const std::lock_guard lock(mutex_);
  std::vector<kernel::SessionId> all;
  all.reserve(by_session_.size());
  for (const auto& [session, sockets] : by_session_) all.push_back(session);
  return all;
}

std::vector<std::pair<kernel::WorkspaceId, std::size_t>> InProcessRealtimeHub::busiest_workspaces(
    std::size_t limit) const {
  std::vector<std::pair<kernel::WorkspaceId, std::size_t>> all;
  {
    const std::lock_guard lock(mutex_);
    all.reserve(by_workspace_.size());
    for (const auto& [workspace, sockets] : by_workspace_) all.emplace_back(workspace, sockets.size());
  }
  const auto most_first = [](const auto& left, const auto& right) {
    return left.second != right.second ? left.second > right.second : left.first < right.first;
  };
  const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size()));
  std::ranges::partial_sort(all, end, most_first);
  all.erase(end, all.end());
  return all;
}

std::vector<std::string> InProcessRealtimeHub::channels_for_socket(SocketId socket) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  if (const auto entry = sockets_.find(socket); entry != sockets_.end()) {
    for (const ChannelIndex index : entry->second.channels) names.push_back(*channels_[index].name);
  }
  return names;
}

void InProcessRealtimeHub::subscribe_member_to_channel(kernel::MemberId member, std::string_view channel) {
  const std::lock_guard lock(mutex_);
  for (const SocketHandle& handle : handles(by_member_, member)) join(sockets_.at(handle.id), intern(channel));
}

void InProcessRealtimeHub::unsubscribe_member_from_channel(kernel::MemberId member, std::string_view channel) {
  const std::lock_guard lock(mutex_);
  for (const SocketHandle& handle : handles(by_member_, member)) {
    const auto index = index_by_name_.find(channel);
    if (index == index_by_name_.end()) return;
    leave(sockets_.at(handle.id), index->second);
  }
}

template <class IdType>
void InProcessRealtimeHub::close_all(const SocketsOf<IdType>& table, IdType id, CloseCode code,
                                     std::string_view reason) {
  for (const SocketHandle& handle : handles(table, id)) {
    forget(handle.id);
    handle.close(code, reason);
  }
}

void InProcessRealtimeHub::close_member(kernel::MemberId member, CloseCode code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  close_all(by_member_, member, code, reason);
}

void InProcessRealtimeHub::close_session(kernel::SessionId session, CloseCode code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  close_all(by_session_, session, code, reason);
}

void InProcessRealtimeHub::close_workspace(kernel::WorkspaceId workspace, CloseCode code, std::string_view reason) {
  const std::lock_guard lock(mutex_);
  close_all(by_workspace_, workspace, code, reason);
}

std::size_t InProcessRealtimeHub::socket_count() const {
  const std::lock_guard lock(mutex_);
  return sockets_.size();
}

std::size_t InProcessRealtimeHub::channel_count() const {
  const std::lock_guard lock(mutex_);
  return index_by_name_.size();
}

}  // namespace orbit::realtime
