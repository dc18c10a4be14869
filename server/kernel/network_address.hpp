// IP addresses as limits and proxies see them: which ones count as one client, which ones lie in a range. Plain
// functions and values: any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orbit::kernel {

class IpAddress {
 public:
  /// "192.0.2.1", "2001:db8::1"; an IPv4 address in IPv6's clothes (::ffff:192.0.2.1) is the IPv4 address.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] bool is_ipv4() const;
  [[nodiscard]] std::string to_string() const;

  /// The address with all but its first bits cleared. An IPv4 address has 32 of them, an IPv6 address 128.
  [[nodiscard]] IpAddress network(unsigned bits) const;

  bool operator==(const IpAddress&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};  // IPv4 as ::ffff:a.b.c.d
};

/// What counts as one client: an IPv4 address, or the /64 of an IPv6 address, which is what a household or a machine is
/// given. Text that is no address stands for itself.
[[nodiscard]] std::string client_network(std::string_view address);

/// Addresses with the same first bits.
class AddressRange {
 public:
  /// "10.0.0.0/8", "fd00::/8", or an address alone.
  [[nodiscard]] static std::optional<AddressRange> parse(std::string_view text);

  [[nodiscard]] bool contains(const IpAddress& address) const;

 private:
  AddressRange(const IpAddress& network, unsigned bits) : network_(network), bits_(bits) {}

  IpAddress network_;
  unsigned bits_;
};

}  // namespace orbit::kernel
