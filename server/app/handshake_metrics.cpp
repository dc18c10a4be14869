#include "app/handshake_metrics.hpp"

namespace orbit::app {

namespace {

kernel::Metric& counter(kernel::MetricsRegistry& metrics, const std::string& status) {
  return metrics.counter("orbit_websocket_handshakes_total", "Requests for a socket, by the status of the answer",
                         {{"status", status}});
}

}  // namespace

HandshakeMetrics::HandshakeMetrics(kernel::MetricsRegistry& metrics) : other_(counter(metrics, "other")) {
  for (const int status : {101, 400, 401, 403, 422, 426, 429, 503}) {
    by_status_[status] = &counter(metrics, std::to_string(status));
  }
}

void HandshakeMetrics::answered(int status) const {
  const auto known = by_status_.find(status);
  (known == by_status_.end() ? other_ : *known->second).add();
}

}  // namespace orbit::app
