// RoomAuthorizer: who may be in a room, decided by the feature that owns rooms of that kind; RoomAuthorizers: which
// authorizer a room's name belongs to. Asked on the realtime thread; made while the program is put together.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "workspaces/repositories.hpp"

namespace orbit::realtime {

struct RoomVisitor {
  kernel::WorkspaceId workspace;
  kernel::MemberId member;
};

class RoomAuthorizer {
 public:
  virtual ~RoomAuthorizer() = default;

  /// Whether the member may be in the room, by what is committed now. A room that isn't there is one that nobody may be
  /// in. Asked again when a role or a team of the workspace changes.
  [[nodiscard]] virtual bool may_enter(const kernel::ReadContext& context, const RoomVisitor& visitor,
                                       std::string_view room) const = 0;
};

class RoomAuthorizers {
 public:
  using ByPrefix = std::vector<std::pair<std::string, const RoomAuthorizer*>>;

  /// Each for every room whose name begins with its prefix; the first that fits decides. They outlive this.
  explicit RoomAuthorizers(ByPrefix by_prefix) : by_prefix_(std::move(by_prefix)) {}

  /// nullptr where no feature has rooms of such a name.
  [[nodiscard]] const RoomAuthorizer* find(std::string_view room) const;

 private:
  ByPrefix by_prefix_;
};

/// "team_…": for the members of that team.
class TeamRooms final : public RoomAuthorizer {
 public:
  explicit TeamRooms(const workspaces::TeamRepository& teams) : teams_(teams) {}

  static constexpr const char* prefix = "team_";
  [[nodiscard]] bool may_enter(const kernel::ReadContext& context, const RoomVisitor& visitor,
                               std::string_view room) const override;

 private:
  const workspaces::TeamRepository& teams_;
};

/// "workspace": the lobby, for every member.
class Lobby final : public RoomAuthorizer {
 public:
  static constexpr const char* name = "workspace";
  [[nodiscard]] bool may_enter(const kernel::ReadContext&, const RoomVisitor&, std::string_view room) const override {
    return room == name;
  }
};

}  // namespace orbit::realtime
