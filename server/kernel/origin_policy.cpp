#include "kernel/origin_policy.hpp"

#include <algorithm>

namespace orbit::kernel {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_host_char(char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_'; }

bool is_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    const auto address = host.substr(1, host.size() - 2);
    return !address.empty() && address.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  }
  return !host.empty() && std::ranges::all_of(host, is_host_char);
}

bool is_port(std::string_view port) {
  return !port.empty() && port.size() <= 5 && std::ranges::all_of(port, is_digit) && port.front() != '0' &&
         std::stoul(std::string(port)) <= 65'535;
}

/// The form that browsers send (RFC 6454, section 6.1), or nullopt.
std::optional<std::string> canonical_origin(std::string_view text) {
  std::string origin(text);
  std::ranges::transform(origin, origin.begin(), lower);
  if (origin.ends_with('/')) origin.pop_back();

  const bool secure = origin.starts_with("https://");
  if (!secure && !origin.starts_with("http://")) return std::nullopt;
  const std::size_t host_start = secure ? 8 : 7;

  const auto last_colon = origin.rfind(':');
  const bool in_brackets = origin.find(']') != std::string::npos && last_colon < origin.rfind(']');
  if (last_colon >= host_start && !in_brackets) {
    const auto port = std::string_view(origin).substr(last_colon + 1);
    if (!is_port(port)) return std::nullopt;
    if (port == (secure ? "443" : "80")) origin.resize(last_colon);
  }
  const auto host_end = last_colon >= host_start && !in_brackets ? last_colon : origin.size();
  if (!is_host(std::string_view(origin).substr(host_start, host_end - host_start))) return std::nullopt;
  return origin;
}

std::unexpected<Error> not_an_origin(std::string field, std::string_view text) {
  return invalid_field(std::move(field), "origin",
                       "\"" + std::string(text) + "\" is not an origin: write http[s]://host[:port].");
}

}  // namespace

Result<OriginPolicy> OriginPolicy::create(std::string_view public_origin, std::span<const std::string> allowed) {
  OriginPolicy policy;
  auto own = canonical_origin(public_origin);
  if (!own) return not_an_origin("public_origin", public_origin);
  policy.origins_.push_back(std::move(*own));
  for (std::size_t i = 0; i < allowed.size(); ++i) {
    auto other = canonical_origin(allowed[i]);
    if (!other) return not_an_origin("allow_origin/" + std::to_string(i), allowed[i]);
    policy.origins_.push_back(std::move(*other));
  }
  return policy;
}

bool OriginPolicy::allows(std::optional<std::string_view> origin) const {
  return origin && std::ranges::find(origins_, *origin) != origins_.end();
}

}  // namespace orbit::kernel
