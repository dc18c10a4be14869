// ReceivedProjections: an EventProjector that uses what came with an event, from whoever committed it, and else asks
// another projector. Belongs to the realtime thread.
#pragma once

#include <optional>
#include <utility>

#include "realtime/event_projector.hpp"

namespace orbit::cluster {

class ReceivedProjections final : public realtime::EventProjector {
 public:
  explicit ReceivedProjections(realtime::EventProjector& otherwise) : otherwise_(otherwise) {}

  /// What `project` answers for that event until the call of `use` returns. nullopt: what the other projector says.
  template <class Use>
  void with(const kernel::DomainEvent& event, std::optional<realtime::Projection> projection, Use use) {
    in_hand_ = {event.workspace_id, event.seq, std::move(projection)};
    use();
    in_hand_ = {};
  }

  [[nodiscard]] kernel::Result<realtime::Projection> project(const kernel::DomainEvent& event) override {
    const bool came_along =
        in_hand_.projection && in_hand_.workspace == event.workspace_id && in_hand_.seq == event.seq;
    if (!came_along) return otherwise_.project(event);
    return *in_hand_.projection;
  }

  [[nodiscard]] kernel::Result<std::vector<realtime::Projection>> project_all(
      std::span<const kernel::DomainEvent> events) override {
    return otherwise_.project_all(events);
  }

 private:
  struct InHand {
    kernel::WorkspaceId workspace;
    kernel::Seq seq = 0;
    std::optional<realtime::Projection> projection;
  };

  realtime::EventProjector& otherwise_;
  InHand in_hand_;
};

}  // namespace orbit::cluster
