#include "realtime/room_authorizer.hpp"

#include <algorithm>

namespace orbit::realtime {

const RoomAuthorizer* RoomAuthorizers::find(std::string_view room) const {
  const auto fits = std::ranges::find_if(by_prefix_, [&](const auto& entry) { return room.starts_with(entry.first); });
  return fits == by_prefix_.end() ? nullptr : fits->second;
}

bool TeamRooms::may_enter(const kernel::ReadContext& context, const RoomVisitor& visitor, std::string_view room) const {
  const auto id = kernel::TeamId::parse(room);
  const auto team = id ? teams_.find(context, *id) : std::nullopt;
  return team && team->state().workspace_id == visitor.workspace &&
         std::ranges::find(team->state().member_ids, visitor.member) != team->state().member_ids.end();
}

}  // namespace orbit::realtime
