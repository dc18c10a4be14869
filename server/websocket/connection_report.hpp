// ConnectionReport: what a shard says of one of its sockets to whoever operates the node. Plain data: any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernel/clock.hpp"

namespace orbit::websocket {

struct ConnectionReport {
  std::string address;  // of the peer, which may be a proxy; empty where it has none
  kernel::Timestamp opened_at;
  std::size_t queued_bytes = 0;

  bool operator==(const ConnectionReport&) const = default;
};

/// In the order in which they were asked for; nullopt for a socket that is gone.
using ConnectionReports = std::vector<std::optional<ConnectionReport>>;
using WithReports = std::move_only_function<void(ConnectionReports)>;

}  // namespace orbit::websocket
