// RealtimeAccess: the parts on the realtime thread that whoever operates the node asks and tells. References into
// RealtimeHost; to be used on the realtime thread, but for what says itself that any thread may call it.
#pragma once

#include "cluster/cluster_presence.hpp"
#include "cluster/cluster_realtime_hub.hpp"
#include "cluster/peers.hpp"
#include "realtime/in_process_realtime_hub.hpp"
#include "realtime/presence_tracker.hpp"
#include "realtime/relay.hpp"
#include "realtime/room_authorizer.hpp"

namespace orbit::app {

/// What there is only with a backplane.
struct ClusterAccess {
  cluster::Switchboard& switchboard;
  cluster::Peers& peers;
  cluster::ClusterRealtimeHub& hub;
  cluster::ClusterPresence& presence;
};

struct RealtimeAccess {
  kernel::Scheduler& scheduler;
  realtime::InProcessRealtimeHub& local_hub;
  realtime::RealtimeHub& hub;  // of all nodes, where there are several
  realtime::PresenceTracker& presence;
  realtime::Relay& relay;
  const realtime::RoomAuthorizers& room_authorizers;
  const realtime::FrameEncoder& encoder;
  std::optional<ClusterAccess> cluster;
};

}  // namespace orbit::app
