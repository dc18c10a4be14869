// TrustedProxies: whose word on a client's address is believed. Immutable: any thread.
#pragma once

#include <string>
#include <vector>

#include "http/message.hpp"
#include "kernel/network_address.hpp"

namespace orbit::http {

class TrustedProxies {
 public:
  TrustedProxies() = default;
  explicit TrustedProxies(std::vector<kernel::AddressRange> ranges) : ranges_(std::move(ranges)) {}

  [[nodiscard]] bool contains(std::string_view address) const;

  /// The client's address: the peer's, unless that is a trusted proxy which names another in X-Forwarded-For or
  /// Forwarded (RFC 7239). Each proxy adds the address that it saw at the end, so the client is the last one that is
  /// not a trusted proxy itself. Where that can't be read, or the two headers differ, it is the peer's: whoever writes
  /// nonsense there, or writes into the header that the proxy doesn't set, gains nothing.
  [[nodiscard]] std::string client_of(const std::string& peer, const Request& request) const;

 private:
  [[nodiscard]] bool contains(const kernel::IpAddress& address) const;
  [[nodiscard]] std::optional<std::string> last_untrusted(const std::vector<std::string_view>& hops) const;

  std::vector<kernel::AddressRange> ranges_;
};

}  // namespace orbit::http
