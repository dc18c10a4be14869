// LogReplay: what tabs are told of a stretch of the log that no longer is in memory: read once, projected from what is
// committed now, and reduced, so that fifty edits of one role are its present state once. Belongs to the realtime
// thread.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "kernel/event_log.hpp"
#include "realtime/event_projection.hpp"
#include "realtime/frame_ring.hpp"
#include "realtime/room_projection.hpp"

namespace orbit::realtime {

class LogReplay {
 public:
  LogReplay(kernel::UnitOfWork& unit_of_work, const kernel::EventLog& log, const EventProjection& projection,
            const FrameEncoder& encoder, const RoomProjections& rooms);

  struct Stretch {
    kernel::Seq floor = 0;  // the entries are all there is to tell after this seq
    std::vector<HistoryEntry> entries;
  };

  /// The stretch after `wanted`, or after where the log begins by now, up to `through`. Error: the database's.
  [[nodiscard]] kernel::Result<Stretch> read(kernel::WorkspaceId workspace, kernel::Seq wanted, kernel::Seq through);

 private:
  using Entry = std::optional<HistoryEntry>;  // nullopt where there is nothing to tell

  [[nodiscard]] std::string subject_of(const kernel::DomainEvent& event) const;
  [[nodiscard]] kernel::Result<std::vector<HistoryEntry>> project(const kernel::ReadContext& context,
                                                                  const std::vector<kernel::DomainEvent>& events) const;
  [[nodiscard]] kernel::Result<Entry> project(const kernel::ReadContext& context,
                                              const kernel::DomainEvent& event) const;

  kernel::UnitOfWork& unit_of_work_;
  const kernel::EventLog& log_;
  EventProjection projection_;
  std::unordered_map<std::string_view, const RoomProjection*> rooms_;  // by type of event
  const FrameEncoder& encoder_;
};

/// The member or role whose permissions an event may have changed.
[[nodiscard]] std::optional<kernel::Uuid> permissions_changed_by(const kernel::DomainEvent& event);

}  // namespace orbit::realtime
