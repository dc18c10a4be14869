// RoomReplication: what Rooms tells of this node's own, so that other nodes know it. One node alone has none. Belongs
// to the realtime thread.
#pragma once

#include <string>
#include <vector>

#include "realtime/signal_board.hpp"

namespace orbit::realtime {

class RoomReplication {
 public:
  virtual ~RoomReplication() = default;

  /// Somebody is in the room here from now on: what other nodes say of it is wanted, through Rooms::set_elsewhere and
  /// its kin, but not within this call.
  virtual void opened(kernel::WorkspaceId workspace, const std::string& room) = 0;
  /// Nobody is any more: what others say of it is forgotten.
  virtual void closed(kernel::WorkspaceId workspace, const std::string& room) = 0;

  /// By the tabs of this node alone. A member who goes takes what they signalled here with them.
  virtual void came(kernel::WorkspaceId workspace, const std::string& room, kernel::MemberId member) = 0;
  virtual void went(kernel::WorkspaceId workspace, const std::string& room, kernel::MemberId member) = 0;

  /// What members signalled here since the last tick, oldest first.
  virtual void signalled(kernel::WorkspaceId workspace, const std::string& room,
                         const std::vector<Signal>& signals) = 0;
};

}  // namespace orbit::realtime
