// RoomProjection: what the tabs in a room are told of a feature's durable events; each feature with such events has
// one. Stateless: any thread, with a context of that thread's own; made while the program is put together.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/unit_of_work.hpp"

namespace orbit::realtime {

/// A durable event as the tabs of one room get it.
struct RoomEvent {
  std::string room;
  std::string json;  // the whole frame's text, its type and seq in it
};

class RoomProjection {
 public:
  virtual ~RoomProjection() = default;

  /// The types of the DomainEvents that this projects.
  [[nodiscard]] virtual std::vector<std::string_view> types() const = 0;

  /// From what is committed now; nullopt where what the event is about is gone by now. The event's ids alone must say
  /// which room it is, and of several events of one type with the same ids, the last must tell all that those before
  /// it did: only the last is replayed from the log. Error: the event can't be read.
  [[nodiscard]] virtual kernel::Result<std::optional<RoomEvent>> project(const kernel::ReadContext& context,
                                                                         const kernel::DomainEvent& event) const = 0;
};

using RoomProjections = std::vector<const RoomProjection*>;

}  // namespace orbit::realtime
