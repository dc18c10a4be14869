// MachineLoad: how much of the machine others had while something was measured, so that figures taken on a busy machine
// don't pass for those of a quiet one. Belongs to the main thread.
#pragma once

#include "load/clock.hpp"
#include "load/node_process.hpp"

namespace orbit::bench {

/// CPU time of this program, in seconds.
[[nodiscard]] double own_cpu_seconds();

class MachineLoad {
 public:
  /// `node`, if any, may be running when it is looked at; all others are children that have ended by then.
  explicit MachineLoad(const NodeProcess* node) : node_(node), started_(Clock::now()), others_before_(others()) {}

  /// The share, from 0 to 1, of all CPUs that neither this program nor its nodes have had since.
  [[nodiscard]] double others_share() const;

 private:
  [[nodiscard]] double others() const;

  const NodeProcess* node_;
  const TimePoint started_;
  const double others_before_;
};

}  // namespace orbit::bench
