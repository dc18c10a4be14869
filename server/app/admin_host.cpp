#include "app/admin_host.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/ip/address.hpp>
#include <latch>

namespace orbit::app {

using kernel::Result;

AdminHost::AdminHost(OperatorDesk::Parts parts, http::WorkerPool& workers, kernel::MetricsRegistry& metrics)
    : config_(parts.config),
      domain_(parts.domain),
      desk_(std::move(parts)),
      api_({domain_.unit_of_work, domain_.database.event_log(), domain_.repositories, domain_.operator_keys,
            domain_.sessions, desk_, workers}),
      server_(thread_.context(), api_, metrics, {}) {}

AdminHost::~AdminHost() { thread_.stop(); }

Result<> AdminHost::listen() {
  if (!boost::asio::ip::make_address(config_.admin_host).is_loopback()) {
    const auto keys = domain_.operator_keys.list();
    if (!keys) return std::unexpected(keys.error());
    if (keys->empty()) {
      return kernel::failure(kernel::ErrorKind::invalid, "admin.no_key",
                             "--admin-listen " + host_and_port(config_.admin_host, config_.admin_port) +
                                 " can be reached from other machines, and there is no key yet: make one with orbit "
                                 "key create, or listen on 127.0.0.1.");
    }
  }
  http::ReservedPort port{config_.admin_port, nullptr};
  if (port.port == 0) {
    auto reserved = http::reserve_free_port(thread_.context(), config_.admin_host);
    if (!reserved) return std::unexpected(reserved.error());
    port = *std::move(reserved);
  }
  url_ = "http://" + host_and_port(config_.admin_host, port.port);
  return server_.listen(config_.admin_host, port.port, port.hold != nullptr);
}

void AdminHost::start() {
  server_.start();
  spdlog::info("operator API: {}/v1/admin", url_);
}

void AdminHost::drain() {
  server_.end_keep_alive();
  std::latch empty(1);
  server_.drain(std::chrono::milliseconds{0}, [&] { empty.count_down(); });
  empty.wait();
}

}  // namespace orbit::app
