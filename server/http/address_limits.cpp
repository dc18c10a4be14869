#include "http/address_limits.hpp"

#include <spdlog/spdlog.h>

#include <mutex>
#include <string>
#include <unordered_map>

#include "kernel/network_address.hpp"

namespace orbit::http {

using kernel::client_network;
using std::chrono::seconds;

namespace {

constexpr std::string_view refusals = "orbit_http_address_refused_total";
constexpr std::string_view refusals_help = "Connections and handshakes refused because their address had too many";

}  // namespace

// Open connections of each address that has any.
struct AddressLimits::Counts {
  explicit Counts(const kernel::Clock& clock) : notices(clock, {.tokens = 1, .period = std::chrono::minutes(1)}) {}

  std::mutex mutex;  // protects open
  std::unordered_map<std::string, std::size_t> open;
  kernel::KeyedRateLimit notices;

  // Once a minute at most: whoever is refused may come again at once.
  void log_refusal(const std::string& network, std::string_view what) {
    if (notices.take("") > seconds{0}) return;
    spdlog::warn("{}: too many {}; refused. If it is a proxy of yours, name it with --trusted-proxy", network, what);
  }

  bool add(const std::string& network, std::size_t most) {
    const std::lock_guard lock(mutex);
    auto& count = open[network];
    if (count >= most) return false;
    ++count;
    return true;
  }

  void remove(const std::string& network) {
    const std::lock_guard lock(mutex);
    const auto found = open.find(network);
    if (--found->second == 0) open.erase(found);
  }
};

AddressLimits::AddressLimits(const AddressLimitOptions& options, const kernel::Clock& clock,
                             kernel::MetricsRegistry& metrics)
    : max_connections_(options.connections),
      counts_(std::make_shared<Counts>(clock)),
      handshakes_(clock, {.tokens = options.handshakes, .at_once = 10 * options.handshakes}),
      failures_(clock, {.tokens = options.failed_handshakes,
                        .period = std::chrono::minutes(1),
                        .at_once = options.failed_handshakes}),
      refused_connections_(metrics.counter(refusals, refusals_help, {{"limit", "connections"}})),
      refused_handshakes_(metrics.counter(refusals, refusals_help, {{"limit", "handshakes"}})),
      refused_after_failures_(metrics.counter(refusals, refusals_help, {{"limit", "failed_handshakes"}})) {}

kernel::Result<ConnectionLease> AddressLimits::count_connection(std::string_view address) {
  if (max_connections_ == 0) return nullptr;
  std::string network = client_network(address);
  if (!counts_->add(network, max_connections_)) {
    refused_connections_.add();
    counts_->log_refusal(network, "connections");
    return kernel::too_many("address.too_many_connections", "There are too many connections from this address.",
                            seconds(5));
  }
  const auto release = [counts = counts_, network = std::move(network)](void*) { counts->remove(network); };
  return ConnectionLease(static_cast<void*>(counts_.get()), release);
}

kernel::Result<> AddressLimits::take_handshake(std::string_view address) {
  const std::string network = client_network(address);
  if (const auto wait = failures_.wait(network); wait > seconds{0}) {
    refused_after_failures_.add();
    counts_->log_refusal(network, "handshakes that failed");
    return kernel::too_many("address.too_many_failures", "Too many handshakes from this address failed.", wait);
  }
  if (const auto wait = handshakes_.take(network); wait > seconds{0}) {
    refused_handshakes_.add();
    counts_->log_refusal(network, "handshakes");
    return kernel::too_many("address.too_many_handshakes", "There are too many handshakes from this address.", wait);
  }
  return {};
}

void AddressLimits::handshake_failed(std::string_view address) { failures_.charge(client_network(address)); }

}  // namespace orbit::http
