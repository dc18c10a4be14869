#include "cluster/backplane_factory.hpp"

#include <algorithm>
#include <random>

#include "cluster/broker_backplane.hpp"
#include "cluster/broker_url.hpp"
#include "cluster/nats_link.hpp"
#include "cluster/postgres_link.hpp"
#include "cluster/redis_link.hpp"

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

std::unexpected<kernel::Error> bad(std::string message) {
  return kernel::failure(kernel::ErrorKind::invalid, "backplane.bad_url", std::move(message));
}

kernel::Result<BrokerOptions> redis_options(std::string_view url) {
  auto parsed = parse_broker_url(url, 6379);
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  if (parsed->hosts.size() != 1) return bad("A redis:// backplane has one host.");
  if (!parsed->user.empty() && !parsed->has_password) return bad("The user of a redis:// backplane needs a password.");
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!std::ranges::all_of(parsed->path, is_digit)) {
    return bad("Behind the host of a redis:// backplane, nothing but the number of a database may follow.");
  }
  BrokerOptions options{.kind = "redis", .where = parsed->where(), .max_message = redis_max_message, .make_link = {}};
  options.make_link = [url = *std::move(parsed)](boost::asio::io_context& context, LinkListener& listener) {
    return make_redis_link(context, listener, url);
  };
  return options;
}

kernel::Result<BrokerOptions> postgres_options(std::string_view url) {
  auto address = parse_postgres_url(url);
  if (!address) return std::unexpected(std::move(address.error()));
  BrokerOptions options{
      .kind = "postgres", .where = address->where, .max_message = postgres_max_message, .make_link = {}};
  options.make_link = [conninfo = std::move(address->conninfo)](boost::asio::io_context& context,
                                                                LinkListener& listener) {
    return make_postgres_link(context, listener, conninfo);
  };
  return options;
}

bool is_postgres_url(std::string_view url) {
  return url.starts_with("postgresql://") || url.starts_with("postgres://");
}

kernel::Result<BrokerOptions> options_of(std::string_view url, std::string_view database_url) {
  if (url.starts_with("nats://") || url.starts_with("tls://")) return nats_options(url);
  if (url.starts_with("redis://")) return redis_options(url);
  if (url.starts_with("rediss://")) {
    return bad(
        "A rediss:// backplane is not there: the Redis client has no TLS. Use redis:// through a tunnel, or tls://.");
  }
  if (is_postgres_url(url)) return postgres_options(url);
  if (url == "postgres" && is_postgres_url(database_url)) return postgres_options(database_url);
  if (url == "postgres") return bad("The backplane \"postgres\" needs a postgresql:// database.");
  return bad(
      "The backplane must be one of nats://host:port, tls://host:port, redis://host:port, postgres, "
      "postgresql://host:port/database.");
}

}  // namespace

kernel::Result<std::unique_ptr<Backplane>> make_backplane(std::string_view url, std::string_view database_url,
                                                          kernel::Scheduler& realtime,
                                                          kernel::MetricsRegistry& metrics) {
  auto options = options_of(url, database_url);
  if (!options) return std::unexpected(std::move(options.error()));
  return std::make_unique<BrokerBackplane>(*std::move(options), realtime, metrics);
}

}  // namespace orbit::cluster
