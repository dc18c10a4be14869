// ClusterPresence: who is online on other nodes. Tells them how members stand by this node's sockets, and the
// PresenceTracker what they say of theirs, of the workspaces that somebody here looks at. Belongs to the realtime
// thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "cluster/replicated_state.hpp"
#include "realtime/presence_tracker.hpp"

namespace orbit::cluster {

struct ClusterPresenceOptions {
  std::chrono::milliseconds linger{10'000};           // a workspace is looked at after its last socket here is gone
  std::chrono::milliseconds snapshot_linger{60'000};  // and after the last snapshot of one without
  std::chrono::milliseconds snapshot_wait{150};       // a snapshot waits for other nodes
  std::size_t max_without_sockets = 10'000;           // workspaces; beyond it a snapshot knows of this node alone
};

class ClusterPresence final : realtime::OwnPresenceListener, TopicListener {
 public:
  struct Parts {
    ReplicatedState& state;
    realtime::PresenceTracker& presence;
    const Subjects& subjects;
    kernel::Scheduler& scheduler;
  };

  /// Sets itself as the tracker's own listener.
  ClusterPresence(const Parts& parts, const ClusterPresenceOptions& options, kernel::MetricsRegistry& metrics);
  ClusterPresence(const ClusterPresence&) = delete;
  ClusterPresence& operator=(const ClusterPresence&) = delete;
  ~ClusterPresence() override;

  /// Calls back once the tracker knows who is online in the workspace anywhere, or when `snapshot_wait` is over. Maybe
  /// before it returns.
  void with_presence(kernel::WorkspaceId workspace, std::move_only_function<void()> callback);

 private:
  struct Held {
    std::string topic;
    std::unordered_set<kernel::MemberId> own;  // not offline by the sockets of this node
    kernel::TimerId release_timer = 0;         // running while nobody is
  };

  void own_changed(kernel::WorkspaceId workspace, kernel::MemberId member, catalog::PresenceStatus own) override;
  void changed(const std::string& topic, const kernel::Uuid& node, const std::string& key,
               const std::optional<std::string>& value) override;

  Held& hold(kernel::WorkspaceId workspace);
  void release_later(kernel::WorkspaceId workspace, Held& held, std::chrono::milliseconds linger);
  void stop_release(Held& held);
  void release(kernel::WorkspaceId workspace);

  Parts parts_;
  const ClusterPresenceOptions options_;
  kernel::Metric& unknown_counter_;
  kernel::Metric& unasked_counter_;
  std::unordered_map<kernel::WorkspaceId, Held> held_;
  std::map<std::string, kernel::WorkspaceId, std::less<>> workspaces_;  // by topic
  std::size_t without_sockets_ = 0;                                     // of `held_`
};

}  // namespace orbit::cluster
