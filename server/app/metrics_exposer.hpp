// Serves the metrics registry and what the system says of the process to Prometheus, on a listener and threads of its
// own.
#pragma once

#include <memory>
#include <string>

#include "kernel/clock.hpp"
#include "kernel/error.hpp"
#include "kernel/metrics.hpp"

namespace orbit::app {

/// Serves until the returned handle is let go. `metrics` and `clock` must outlive it. Error: unavailable
/// "metrics.cannot_listen".
[[nodiscard]] kernel::Result<std::shared_ptr<void>> expose_metrics(const std::string& host, unsigned short port,
                                                                   const kernel::MetricsRegistry& metrics,
                                                                   const kernel::Clock& clock);

}  // namespace orbit::app
