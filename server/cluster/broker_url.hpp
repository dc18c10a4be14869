// BrokerUrl: a broker's address, taken apart. Plain data.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernel/error.hpp"

namespace orbit::cluster {

struct BrokerHost {
  std::string name;  // an IPv6 address without its brackets
  std::uint16_t port = 0;
};

struct BrokerUrl {
  std::string scheme;
  std::string user;  // decoded; empty where there is none
  std::string password;
  bool has_password = false;
  std::vector<BrokerHost> hosts;  // at least one
  std::string path;               // behind the first '/', without it

  /// "host:port, host:port": for logs.
  [[nodiscard]] std::string where() const;
};

/// "scheme://[user[:password]@]host[:port][,host[:port]…][/path]". Each further host may repeat scheme and user, which
/// must then be those of the first. Errors are invalid "backplane.bad_url" and never show user or password.
[[nodiscard]] kernel::Result<BrokerUrl> parse_broker_url(std::string_view url, std::uint16_t default_port);

}  // namespace orbit::cluster
