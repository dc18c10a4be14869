// NodeIncarnation: one life of another node, from its start to its end. Plain data: any thread.
#pragma once

#include "kernel/id.hpp"

namespace orbit::realtime {

using NodeIncarnation = kernel::Uuid;

}  // namespace orbit::realtime
