// LogReplay: what tabs are told of a stretch of the log that no longer is in memory: read once, projected from what is
// committed now, and reduced, so that fifty edits of one role are its present state once. Belongs to the realtime
// thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kernel/event_log.hpp"
#include "realtime/event_projection.hpp"
#include "realtime/frame_ring.hpp"

namespace orbit::realtime {

class LogReplay {
 public:
  LogReplay(kernel::UnitOfWork& unit_of_work, const kernel::EventLog& log, const EventProjection& projection,
            const FrameEncoder& encoder)
      : unit_of_work_(unit_of_work), log_(log), projection_(projection), encoder_(encoder) {}

  struct Stretch {
    kernel::Seq floor = 0;  // the entries are all there is to tell after this seq
    std::vector<HistoryEntry> entries;
  };

  /// The stretch after `wanted`, or after where the log begins by now, up to `through`. Error: the database's.
  [[nodiscard]] kernel::Result<Stretch> read(kernel::WorkspaceId workspace, kernel::Seq wanted, kernel::Seq through);

 private:
  [[nodiscard]] std::vector<HistoryEntry> project(const kernel::ReadContext& context,
                                                  const std::vector<kernel::DomainEvent>& events) const;

  kernel::UnitOfWork& unit_of_work_;
  const kernel::EventLog& log_;
  EventProjection projection_;
  const FrameEncoder& encoder_;
};

/// What an event is about: of several events of one subject, the last alone tells its present state.
[[nodiscard]] std::string subject_of(const kernel::DomainEvent& event);

/// The member or role whose permissions an event may have changed.
[[nodiscard]] std::optional<kernel::Uuid> permissions_changed_by(const kernel::DomainEvent& event);

}  // namespace orbit::realtime
