#include "app/node_rates.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace orbit::app {

using http::NodeRates;

namespace {

constexpr std::chrono::milliseconds interval{1'000};
constexpr std::size_t kept_samples = 5;

constexpr std::array counted{
    std::pair{std::string_view("orbit_websocket_frames_sent_total"), &NodeRates::frames_sent},
    std::pair{std::string_view("orbit_websocket_bytes_sent_total"), &NodeRates::bytes_sent},
    std::pair{std::string_view("orbit_websocket_frames_received_total"), &NodeRates::frames_received},
    std::pair{std::string_view("orbit_relay_published_total"), &NodeRates::events_published},
    std::pair{std::string_view("orbit_database_commits_total"), &NodeRates::commits},
    std::pair{std::string_view("orbit_http_requests_total"), &NodeRates::requests},
    std::pair{std::string_view("orbit_gateway_opened_total"), &NodeRates::sockets_opened}};

}  // namespace

std::int64_t sum_of(const kernel::MetricsRegistry& metrics, std::string_view name) {
  std::int64_t sum = 0;
  metrics.visit([&](const auto& entry) {
    if (entry.name == name) sum += entry.metric.value();
  });
  return sum;
}

NodeRateMeter::Sample NodeRateMeter::sample() const {
  Sample sample{clock_.steady_now(), {}};
  metrics_.visit([&](const auto& entry) {
    for (const auto& [name, rate] : counted) {
      if (entry.name == name) sample.totals.*rate += static_cast<double>(entry.metric.value());
    }
  });
  return sample;
}

void NodeRateMeter::look() {
  samples_.push_back(sample());
  if (samples_.size() > kept_samples) samples_.pop_front();
  timer_ = scheduler_.after(interval, [this] { look(); });
}

NodeRates NodeRateMeter::rates() const {
  NodeRates rates;
  if (samples_.empty()) return rates;
  const Sample now = sample();
  const std::chrono::duration<double> time = now.at - samples_.front().at;
  if (time.count() <= 0) return rates;
  for (const auto& [name, rate] : counted) {
    rates.*rate = (now.totals.*rate - samples_.front().totals.*rate) / time.count();
  }
  return rates;
}

}  // namespace orbit::app
