// BrokerMetrics: what is counted of a backplane, each under the broker's kind. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "kernel/metrics.hpp"

namespace orbit::cluster {

enum class DropReason {
  disconnected,  // the broker is out of reach
  queue_full,    // the broker, or the way to it, can't keep up
  too_large,     // over max_message(): a fault of the caller's
  refused,       // by the broker
  slow,          // this node can't keep up with what arrives
};

class BrokerMetrics {
 public:
  BrokerMetrics(kernel::MetricsRegistry& registry, std::string_view kind);

  void drop(DropReason why, std::int64_t count = 1) { dropped_.at(static_cast<std::size_t>(why))->add(count); }
  [[nodiscard]] std::int64_t dropped(DropReason why) const {
    return dropped_.at(static_cast<std::size_t>(why))->value();
  }

  kernel::Metric& up;
  kernel::Metric& subscriptions;
  kernel::Metric& published;
  kernel::Metric& published_bytes;
  kernel::Metric& received;
  kernel::Metric& received_bytes;
  kernel::Metric& unwanted;
  kernel::Metric& reconnects;

 private:
  std::array<kernel::Metric*, 5> dropped_{};
};

}  // namespace orbit::cluster
