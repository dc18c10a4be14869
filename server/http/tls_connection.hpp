// One TLS connection: the handshake, then a pump between it and a socket pair. Belongs to the thread that accepted it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "http/tls.hpp"

namespace boost::asio::ssl {
class context;
}

namespace orbit::http {

struct TlsMetrics {
  explicit TlsMetrics(kernel::MetricsRegistry& metrics);

  kernel::Metric& connections;
  kernel::Metric& succeeded;
  kernel::Metric& failed;
  kernel::Metric& timed_out;
};

struct TlsTimeouts {
  std::chrono::milliseconds handshake;
  std::chrono::milliseconds write;
};

/// See Tls::accept. Keeps `lease` until the connection is closed.
void accept_tls(Socket socket, std::shared_ptr<boost::asio::ssl::context> context, const TlsTimeouts& timeouts,
                std::shared_ptr<TlsMetrics> metrics, std::shared_ptr<void> lease,
                std::move_only_function<void(int descriptor)> done);

}  // namespace orbit::http
