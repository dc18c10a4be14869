// What a node counts of itself, as it tells Prometheus. Plain functions, on the poller's thread.
#pragma once

#include <map>
#include <string>

#include "load/http_batch.hpp"

namespace orbit::bench {

/// By name; with its labels where it has some: closed{cause="peer"}.
using NodeMetrics = std::map<std::string, double, std::less<>>;

/// From where --metrics-listen is.
[[nodiscard]] Outcome<NodeMetrics> read_metrics(Poller& poller, unsigned short port);

/// Out of Prometheus's text format.
[[nodiscard]] NodeMetrics metrics_in(std::string_view text);

}  // namespace orbit::bench
