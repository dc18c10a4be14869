// Relay: takes what is committed to the EventBus, each workspace's events in the order of its log, and says how far
// each stream has come. Belongs to the realtime thread, but for `committed`, which any thread calls.
#pragma once

#include "kernel/domain_event.hpp"
#include "kernel/error.hpp"
#include "kernel/unit_of_work.hpp"

namespace orbit::realtime {

class Relay : public kernel::CommitListener {
 public:
  /// Before the first socket is let in, and before the first `committed`. Error: the database's.
  [[nodiscard]] virtual kernel::Result<> start() = 0;

  /// At the end of the program, after the last `committed`.
  virtual void stop() = 0;

  /// The seq that the workspace's stream stands at: every event up to it has been published. Error: the database's.
  [[nodiscard]] virtual kernel::Result<kernel::Seq> published_seq(kernel::WorkspaceId workspace) = 0;

  /// The same, once what is committed in the log and had not been heard of yet is published.
  [[nodiscard]] virtual kernel::Result<kernel::Seq> published_seq_caught_up(kernel::WorkspaceId workspace) = 0;

  /// A socket of the workspace was attached where its stream stands, or is gone.
  virtual void retain(kernel::WorkspaceId workspace) = 0;
  virtual void release(kernel::WorkspaceId workspace) = 0;
};

}  // namespace orbit::realtime
