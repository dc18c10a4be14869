// StreamPositions: how far each workspace's stream has come on this node. Belongs to the realtime thread.
#pragma once

#include "kernel/domain_event.hpp"
#include "kernel/error.hpp"

namespace orbit::realtime {

class StreamPositions {
 public:
  virtual ~StreamPositions() = default;

  /// The seq that the workspace's stream stands at: every event up to it has been published. Error: the database's.
  [[nodiscard]] virtual kernel::Result<kernel::Seq> published_seq(kernel::WorkspaceId workspace) = 0;

  /// The same, once what is committed in the log and had not been heard of yet is published.
  [[nodiscard]] virtual kernel::Result<kernel::Seq> published_seq_caught_up(kernel::WorkspaceId workspace) = 0;

  /// A socket of the workspace was attached where its stream stands, or is gone.
  virtual void retain(kernel::WorkspaceId workspace) = 0;
  virtual void release(kernel::WorkspaceId workspace) = 0;
};

}  // namespace orbit::realtime
