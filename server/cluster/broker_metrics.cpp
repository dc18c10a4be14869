#include "cluster/broker_metrics.hpp"

#include <string>

namespace orbit::cluster {

BrokerMetrics::BrokerMetrics(kernel::MetricsRegistry& registry, std::string_view kind)
    : up(registry.gauge("orbit_backplane_up", "1 while the broker can be talked to",
                        {{"backplane", std::string(kind)}})),
      subscriptions(registry.gauge("orbit_backplane_subscriptions", "Subjects that this node is subscribed to",
                                   {{"backplane", std::string(kind)}})),
      published(registry.counter("orbit_backplane_published_total", "Messages handed to the connection to the broker",
                                 {{"backplane", std::string(kind)}})),
      published_bytes(registry.counter("orbit_backplane_published_bytes_total", "Bytes of those, subjects included",
                                       {{"backplane", std::string(kind)}})),
      received(registry.counter("orbit_backplane_received_total", "Messages that arrived for this node",
                                {{"backplane", std::string(kind)}})),
      received_bytes(registry.counter("orbit_backplane_received_bytes_total", "Bytes of those, subjects included",
                                      {{"backplane", std::string(kind)}})),
      unwanted(
          registry.counter("orbit_backplane_unwanted_total",
                           "Messages that arrived for a subject that this node is not, or no longer, subscribed to",
                           {{"backplane", std::string(kind)}})),
      reconnects(registry.counter("orbit_backplane_reconnects_total", "Times that a lost broker was found again",
                                  {{"backplane", std::string(kind)}})) {
  constexpr std::array<const char*, 5> names{"disconnected", "queue_full", "too_large", "refused", "slow"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    dropped_.at(i) = &registry.counter("orbit_backplane_dropped_total", "Messages known to be lost, by reason",
                                       {{"backplane", std::string(kind)}, {"reason", names.at(i)}});
  }
}

}  // namespace orbit::cluster
