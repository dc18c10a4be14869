// What a node counts of itself, as it tells Prometheus. Plain functions, on the poller's thread.
#pragma once

#include <map>
#include <string>

#include "load/http_batch.hpp"

namespace orbit::bench {

/// By name; those with labels are left out.
using NodeMetrics = std::map<std::string, double, std::less<>>;

/// From where --metrics-listen is.
[[nodiscard]] Outcome<NodeMetrics> read_metrics(Poller& poller, unsigned short port);

/// What of Prometheus's text format has no labels.
[[nodiscard]] NodeMetrics metrics_in(std::string_view text);

/// A port of 127.0.0.1 that nobody listens on just now.
[[nodiscard]] Outcome<unsigned short> free_port();

}  // namespace orbit::bench
