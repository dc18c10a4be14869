#include "kernel/network_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace orbit::kernel {
namespace {

constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN || text.contains('\0')) return std::nullopt;
  const std::string terminated(text);
  IpAddress address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes_.data() + mapped.size()) == 1) {
    std::ranges::copy(mapped, address.bytes_.begin());
    return address;
  }
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) return address;
  return std::nullopt;
}

bool IpAddress::is_ipv4() const { return std::equal(mapped.begin(), mapped.end(), bytes_.begin()); }

std::string IpAddress::to_string() const {
  char text[INET6_ADDRSTRLEN];
  const bool ipv4 = is_ipv4();
  inet_ntop(ipv4 ? AF_INET : AF_INET6, bytes_.data() + (ipv4 ? mapped.size() : 0), text, sizeof text);
  return text;
}

IpAddress IpAddress::network(unsigned bits) const {
  if (is_ipv4()) bits += 8 * mapped.size();
  IpAddress address = *this;
  for (unsigned i = 0; i < address.bytes_.size(); ++i) {
    const unsigned kept = bits <= i * 8 ? 0 : std::min(8U, bits - i * 8);
    address.bytes_[i] &= static_cast<std::uint8_t>(0xff00U >> kept);
  }
  return address;
}

std::string client_network(std::string_view address) {
  const auto parsed = IpAddress::parse(address);
  if (!parsed) return std::string(address);
  return parsed->is_ipv4() ? parsed->to_string() : parsed->network(64).to_string() + "/64";
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned most = address->is_ipv4() ? 32 : 128;
  unsigned bits = most;
  if (slash != std::string_view::npos) {
    const char* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data() + slash + 1, last, bits);
    if (error != std::errc{} || end != last || bits > most) return std::nullopt;
  }
  return AddressRange(address->network(bits), bits);
}

bool AddressRange::contains(const IpAddress& address) const {
  return address.is_ipv4() == network_.is_ipv4() && address.network(bits_) == network_;
}

}  // namespace orbit::kernel
