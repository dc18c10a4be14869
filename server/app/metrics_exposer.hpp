// Serves the metrics registry to Prometheus, on a listener and threads of its own.
#pragma once

#include <memory>
#include <string>

#include "kernel/error.hpp"
#include "kernel/metrics.hpp"

namespace orbit::app {

/// Serves until the returned handle is let go. `metrics` must outlive it. Error: unavailable "metrics.cannot_listen".
[[nodiscard]] kernel::Result<std::shared_ptr<void>> expose_metrics(const std::string& host, unsigned short port,
                                                                   const kernel::MetricsRegistry& metrics);

}  // namespace orbit::app
