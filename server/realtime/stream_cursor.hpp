// StreamCursor: how far a tab has come in its workspace's stream, as it says when it connects. Plain data: any thread.
#pragma once

#include <string>

#include "kernel/domain_event.hpp"

namespace orbit::realtime {

struct StreamCursor {
  std::string epoch;  // as the tab says it: any text
  kernel::Seq seq = 0;
};

}  // namespace orbit::realtime
