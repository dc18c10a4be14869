// BoardProjection: turns the board's DomainEvents into BoardEvents for the tabs in the board's room.
// Stateless: any thread, with a context of that thread's own.
#pragma once

#include "board/server/board_event.hpp"
#include "realtime/room_projection.hpp"

namespace orbit::board {

class BoardProjection final : public realtime::RoomProjection {
 public:
  explicit BoardProjection(const CardRepository& cards) : cards_(cards) {}

  [[nodiscard]] std::vector<std::string_view> types() const override;
  [[nodiscard]] kernel::Result<std::optional<realtime::RoomEvent>> project(
      const kernel::ReadContext& context, const kernel::DomainEvent& event) const override;

 private:
  using Projected = std::optional<BoardEvent>;

  // nullopt where the card is gone by now. An event of board::Events that has no overload doesn't compile.
  Projected project(const kernel::ReadContext& context, const CardAdded& event) const;
  Projected project(const kernel::ReadContext& context, const CardMoved& event) const;
  Projected project(const kernel::ReadContext& context, const CardRemoved& event) const;

  const CardRepository& cards_;
};

}  // namespace orbit::board
