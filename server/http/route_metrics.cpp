#include "http/route_metrics.hpp"

#include <algorithm>

namespace orbit::http {

RouteMetrics::RouteMetrics(kernel::MetricsRegistry& metrics, const std::string& method, const std::string& route)
    : took_(&metrics.histogram("orbit_http_request_seconds", "From a request that is read to its answer, by route",
                               {{"method", method}, {"route", route}})) {
  for (std::size_t i = 0; i < by_class_.size(); ++i) {
    by_class_[i] = &metrics.counter("orbit_http_responses_total", "Answers to requests that could be read, by route",
                                    {{"method", method}, {"route", route}, {"status", std::to_string(i + 2) + "xx"}});
  }
}

void RouteMetrics::answered(int status, std::chrono::nanoseconds took) const {
  took_->observe(took);
  by_class_[static_cast<std::size_t>(std::clamp(status / 100, 2, 5) - 2)]->add();
}

}  // namespace orbit::http
