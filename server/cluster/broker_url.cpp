#include "cluster/broker_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace orbit::cluster {

namespace {

std::unexpected<kernel::Error> bad(std::string message) {
  return kernel::failure(kernel::ErrorKind::invalid, "backplane.bad_url", std::move(message));
}

// One host with what stands before and behind it, as a URL of its own.
kernel::Result<> add_host(BrokerUrl& into, std::string_view scheme, std::string_view rest, std::uint16_t default_port) {
  const std::string text = std::string(scheme) + "://" + std::string(rest);
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed || parsed->host().empty()) {
    return bad("The backplane's URL must be like " + std::string(scheme) +
               "://[user:password@]host:port; what is special in a user or password is written as %XX.");
  }
  if (parsed->has_query() || parsed->has_fragment()) {
    return bad("The backplane's URL takes no options behind '?' or '#'.");
  }
  unsigned port = default_port;
  if (const std::string written = parsed->port(); !written.empty()) {
    const auto read = std::from_chars(written.data(), written.data() + written.size(), port);
    if (read.ec != std::errc() || port == 0 || port > 65'535) {
      return bad("The port in the backplane's URL must be from 1 to 65535.");
    }
  }
  if (parsed->has_userinfo()) {
    const std::string user = parsed->user();
    const std::string password = parsed->password();
    const bool is_first = into.hosts.empty();
    if (!is_first && (user != into.user || password != into.password)) {
      return bad("All hosts in the backplane's URL must have the same user and password.");
    }
    into.user = user;
    into.password = password;
    into.has_password = parsed->has_password();
  }
  into.hosts.push_back({parsed->host_address(), static_cast<std::uint16_t>(port)});
  if (!parsed->path().empty()) into.path = parsed->path().substr(1);
  return {};
}

}  // namespace

std::string BrokerUrl::where() const {
  std::string all;
  for (const BrokerHost& host : hosts) {
    if (!all.empty()) all += ", ";
    const bool is_v6 = host.name.contains(':');
    all += (is_v6 ? "[" + host.name + "]" : host.name) + ":" + std::to_string(host.port);
  }
  return all;
}

kernel::Result<BrokerUrl> parse_broker_url(std::string_view url, std::uint16_t default_port) {
  const auto colon = url.find("://");
  if (colon == std::string_view::npos) return bad("The backplane's URL has no scheme, as in nats://host:port.");
  BrokerUrl parts{.scheme = std::string(url.substr(0, colon)), .user = {}, .password = {}, .hosts = {}, .path = {}};
  const std::string prefix = parts.scheme + "://";
  for (std::string_view rest = url.substr(prefix.size());;) {
    const auto comma = rest.find(',');
    std::string_view one = rest.substr(0, comma);
    if (one.starts_with(prefix)) one.remove_prefix(prefix.size());
    if (auto added = add_host(parts, parts.scheme, one, default_port); !added) return std::unexpected(added.error());
    if (comma == std::string_view::npos) return parts;
    rest.remove_prefix(comma + 1);
  }
}

}  // namespace orbit::cluster
