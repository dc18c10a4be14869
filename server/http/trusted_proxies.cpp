#include "http/trusted_proxies.hpp"

#include <algorithm>
#include <ranges>

namespace orbit::http {
namespace {

using kernel::IpAddress;

std::string_view trimmed(std::string_view text) {
  const auto from = text.find_first_not_of(" \t");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0; from <= text.size();) {
    const auto to = std::min(text.find(separator, from), text.size());
    parts.push_back(trimmed(text.substr(from, to - from)));
    from = to + 1;
  }
  return parts;
}

// "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80".
std::optional<IpAddress> address_of(std::string_view hop) {
  if (hop.starts_with('[')) {
    const auto end = hop.find(']');
    if (end == std::string_view::npos || (end + 1 < hop.size() && hop[end + 1] != ':')) return std::nullopt;
    return IpAddress::parse(hop.substr(1, end - 1));
  }
  if (std::ranges::count(hop, ':') == 1) hop = hop.substr(0, hop.find(':'));
  return IpAddress::parse(hop);
}

// The node that a Forwarded element is "for"; empty where it names none.
std::string_view for_node(std::string_view element) {
  for (const std::string_view pair : split(element, ';')) {
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || !same_header_name(pair.substr(0, equals), "for")) continue;
    std::string_view node = pair.substr(equals + 1);
    if (node.size() >= 2 && node.starts_with('"') && node.ends_with('"')) node = node.substr(1, node.size() - 2);
    return node;
  }
  return {};
}

std::vector<std::string_view> hops_in(const Request& request, std::string_view header) {
  std::vector<std::string_view> hops;
  for (const std::string_view value : request.header_values(header)) {
    for (const std::string_view part : split(value, ',')) hops.push_back(part);
  }
  return hops;
}

}  // namespace

bool TrustedProxies::contains(std::string_view address) const {
  const auto parsed = IpAddress::parse(address);
  return parsed && contains(*parsed);
}

bool TrustedProxies::contains(const IpAddress& address) const {
  return std::ranges::any_of(ranges_, [&](const auto& range) { return range.contains(address); });
}

std::string TrustedProxies::client_of(const std::string& peer, const Request& request) const {
  if (ranges_.empty() || !contains(peer)) return peer;
  const auto listed = hops_in(request, "X-Forwarded-For");
  auto elements = hops_in(request, "Forwarded");
  std::ranges::transform(elements, elements.begin(), for_node);
  if (listed.empty()) return last_untrusted(elements).value_or(peer);
  const auto client = last_untrusted(listed);
  if (!client || (!elements.empty() && last_untrusted(elements) != client)) return peer;
  return *client;
}

// Where all are trusted, the first: a client within the trusted network.
std::optional<std::string> TrustedProxies::last_untrusted(const std::vector<std::string_view>& hops) const {
  std::optional<std::string> client;
  for (const std::string_view hop : hops | std::views::reverse) {
    const auto address = address_of(hop);
    if (!address) return std::nullopt;
    client = address->to_string();
    if (!contains(*address)) break;
  }
  return client;
}

}  // namespace orbit::http
