// AddressLimits: what one client address may have open and try. One for all shards of a node: the kernel spreads a
// client's connections over them. Any thread: one mutex protects the counts, held for one look-up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "kernel/error.hpp"
#include "kernel/keyed_rate_limit.hpp"
#include "kernel/metrics.hpp"

namespace orbit::http {

/// 0: no limit.
struct AddressLimitOptions {
  std::size_t connections = 2'000;       // open, HTTP and sockets together
  std::int64_t handshakes = 100;         // of sockets, a second; ten times as many at once
  std::int64_t failed_handshakes = 600;  // a minute; as many at once
};

/// Keeps a connection counted while it lives; may outlive the limits.
using ConnectionLease = std::shared_ptr<void>;

class AddressLimits {
 public:
  AddressLimits(const AddressLimitOptions& options, const kernel::Clock& clock, kernel::MetricsRegistry& metrics);

  /// Counts one more connection of the address. Error: too_many "address.too_many_connections".
  [[nodiscard]] kernel::Result<ConnectionLease> count_connection(std::string_view address);

  /// To be asked before a handshake is looked at. Error: too_many "address.too_many_handshakes" or
  /// "address.too_many_failures".
  [[nodiscard]] kernel::Result<> take_handshake(std::string_view address);

  void handshake_failed(std::string_view address);

 private:
  struct Counts;

  const std::size_t max_connections_;
  std::shared_ptr<Counts> counts_;
  kernel::KeyedRateLimit handshakes_;
  kernel::KeyedRateLimit failures_;
  kernel::Metric& refused_connections_;
  kernel::Metric& refused_handshakes_;
  kernel::Metric& refused_after_failures_;
};

}  // namespace orbit::http
