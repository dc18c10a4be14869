#include "cluster/cluster_presence.hpp"

#include <memory>
#include <utility>

namespace orbit::cluster {

using catalog::PresenceStatus;
using kernel::MemberId;
using kernel::WorkspaceId;

namespace {

// What a value says; nullopt for what only a newer node can mean.
std::optional<PresenceStatus> read_status(const std::optional<std::string>& value) {
  if (!value) return PresenceStatus::offline;
  if (*value == "online") return PresenceStatus::online;
  if (*value == "away") return PresenceStatus::away;
  return std::nullopt;
}

}  // namespace

ClusterPresence::ClusterPresence(const Parts& parts, const ClusterPresenceOptions& options,
                                 kernel::MetricsRegistry& metrics)
    : parts_(parts),
      options_(options),
      unknown_counter_(metrics.counter("orbit_cluster_entries_unknown_total",
                                       "Entries of other nodes that this one doesn't understand")),
      unasked_counter_(metrics.counter("orbit_cluster_presence_unasked_total",
                                       "Snapshots with the presence of this node alone, beyond the limit")) {
  parts_.presence.set_own_listener(this);
}

ClusterPresence::~ClusterPresence() {
  parts_.presence.set_own_listener(nullptr);
  for (auto& [workspace, held] : held_) parts_.scheduler.cancel(held.release_timer);
}

void ClusterPresence::own_changed(WorkspaceId workspace, MemberId member, PresenceStatus own) {
  if (own == PresenceStatus::offline) {
    const auto entry = held_.find(workspace);
    if (entry == held_.end() || entry->second.own.erase(member) == 0) return;
    parts_.state.erase(entry->second.topic, member.str());
    if (entry->second.own.empty()) release_later(workspace, entry->second, options_.linger);
    return;
  }
  Held& held = hold(workspace);
  stop_release(held);
  held.own.insert(member);
  parts_.state.put(held.topic, member.str(), own == PresenceStatus::online ? "online" : "away");
}

void ClusterPresence::changed(const std::string& topic, const kernel::Uuid& node, const std::string& key,
                              const std::optional<std::string>& value) {
  const auto workspace = workspaces_.find(topic);
  if (workspace == workspaces_.end()) return;
  const auto member = MemberId::parse(key);
  const auto status = read_status(value);
  if (!member || !status) return unknown_counter_.add();
  parts_.presence.set_elsewhere(workspace->second, *member, node, *status);
}

void ClusterPresence::with_presence(WorkspaceId workspace, std::move_only_function<void()> callback) {
  if (!held_.contains(workspace) && without_sockets_ >= options_.max_without_sockets) {
    unasked_counter_.add();
    return callback();
  }
  Held& held = hold(workspace);
  if (held.own.empty()) release_later(workspace, held, options_.snapshot_linger);
  const auto shared = std::make_shared<std::move_only_function<void()>>(std::move(callback));
  parts_.state.when_synced(held.topic, options_.snapshot_wait, [shared](bool) { (*shared)(); });
}

ClusterPresence::Held& ClusterPresence::hold(WorkspaceId workspace) {
  const auto [entry, is_new] = held_.try_emplace(workspace);
  if (!is_new) return entry->second;
  entry->second.topic = parts_.subjects.workspace(workspace);
  workspaces_.emplace(entry->second.topic, workspace);
  parts_.state.hold(entry->second.topic, *this);
  return entry->second;
}

void ClusterPresence::release_later(WorkspaceId workspace, Held& held, std::chrono::milliseconds linger) {
  stop_release(held);
  ++without_sockets_;
  held.release_timer = parts_.scheduler.after(linger, [this, workspace] { release(workspace); });
}

void ClusterPresence::stop_release(Held& held) {
  if (held.release_timer == 0) return;
  --without_sockets_;
  parts_.scheduler.cancel(std::exchange(held.release_timer, 0));
}

void ClusterPresence::release(WorkspaceId workspace) {
  const auto held = held_.extract(workspace);
  --without_sockets_;
  workspaces_.erase(held.mapped().topic);
  parts_.state.release(held.mapped().topic);
  parts_.presence.forget_elsewhere(workspace);
}

}  // namespace orbit::cluster
