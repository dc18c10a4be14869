#include "cluster/backplane_factory.hpp"

#include <random>

#include "cluster/broker_backplane.hpp"
#include "cluster/broker_url.hpp"
#include "cluster/nats_link.hpp"

namespace orbit::cluster {

namespace {

// Nodes begin at any of the servers, and each goes on to the next when one is lost.
MakeLink nats_links(BrokerUrl url) {
  std::size_t next = std::random_device{}() % url.hosts.size();
  return [url = std::move(url), next](boost::asio::io_context& context, LinkListener& listener) mutable {
    auto link = make_nats_link(context, listener, url, next);
    next = (next + 1) % url.hosts.size();
    return link;
  };
}

kernel::Result<BrokerOptions> nats_options(std::string_view url) {
  auto parsed = parse_broker_url(url, 4222);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  BrokerOptions options{.kind = "nats", .where = parsed->where(), .max_message = nats_max_message, .make_link = {}};
  options.make_link = nats_links(*std::move(parsed));
  return options;
}

kernel::Result<BrokerOptions> options_of(std::string_view url) {
  if (url.starts_with("nats://") || url.starts_with("tls://")) return nats_options(url);
  return kernel::failure(kernel::ErrorKind::invalid, "backplane.bad_url",
                         "The backplane must be one of nats://host:port, tls://host:port.");
}

}  // namespace

kernel::Result<std::unique_ptr<Backplane>> make_backplane(std::string_view url, kernel::Scheduler& realtime,
                                                          kernel::MetricsRegistry& metrics) {
  auto options = options_of(url);
  if (!options) return std::unexpected(std::move(options.error()));
  return std::make_unique<BrokerBackplane>(*std::move(options), realtime, metrics);
}

}  // namespace orbit::cluster
