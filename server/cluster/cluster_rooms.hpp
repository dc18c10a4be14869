// ClusterRooms: who is in a room on other nodes, and what they signal. Who is in it, and the latest value of each kind,
// is replicated state; signals that are delivered each are messages, one for each tick. Belongs to the realtime thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "cluster/replicated_state.hpp"
#include "realtime/rooms.hpp"

namespace orbit::cluster {

class ClusterRooms final : realtime::RoomReplication, TopicListener {
 public:
  struct Parts {
    Switchboard& switchboard;
    ReplicatedState& state;
    realtime::Rooms& rooms;
    const Subjects& subjects;
  };

  /// Sets itself as the rooms' replication. To be made before the switchboard starts.
  ClusterRooms(const Parts& parts, kernel::MetricsRegistry& metrics);
  ClusterRooms(const ClusterRooms&) = delete;
  ClusterRooms& operator=(const ClusterRooms&) = delete;
  ~ClusterRooms() override;

 private:
  struct Room {
    kernel::WorkspaceId workspace;
    std::string name;
    std::map<kernel::MemberId, std::set<std::string>> standing;  // own kinds that others know of
  };
  using Rooms = std::map<std::string, Room, std::less<>>;  // by topic

  void opened(kernel::WorkspaceId workspace, const std::string& room) override;
  void closed(kernel::WorkspaceId workspace, const std::string& room) override;
  void came(kernel::WorkspaceId workspace, const std::string& room, kernel::MemberId member) override;
  void went(kernel::WorkspaceId workspace, const std::string& room, kernel::MemberId member) override;
  void signalled(kernel::WorkspaceId workspace, const std::string& room,
                 const std::vector<realtime::Signal>& signals) override;
  void changed(const std::string& topic, const kernel::Uuid& node, const std::string& key,
               const std::optional<std::string>& value) override;

  void publish_each(const std::string& topic, const std::vector<const realtime::Signal*>& signals);
  bool signals_came(const Message& message);
  bool member_changed(const Room& room, const kernel::Uuid& node, std::string_view key, bool is_in);
  bool signal_changed(const Room& room, const kernel::Uuid& node, std::string_view key,
                      const std::optional<std::string>& value);

  Parts parts_;
  kernel::Metric& unknown_counter_;
  Rooms rooms_;  // those that somebody is in here
};

}  // namespace orbit::cluster
