#include "websocket/deflate_negotiation.hpp"

#include <algorithm>

#include "websocket/message_deflater.hpp"

namespace orbit::websocket {
namespace {

using Parameter = ExtensionOffer::Parameter;

/// 8 to 15, in decimal without leading zeros; nullopt for all else.
std::optional<int> window_bits(std::string_view value) {
  if (value.size() == 1 && (value[0] == '8' || value[0] == '9')) return value[0] - '0';
  if (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5') return 10 + value[1] - '0';
  return std::nullopt;
}

/// Whether the parameter is one of an offer (sections 7.1.1 and 7.1.2), and this server can do as it says.
bool can_be_kept(const Parameter& parameter) {
  const auto& [name, value] = parameter;
  if (name == "server_no_context_takeover" || name == "client_no_context_takeover") return !value;
  if (name == "client_max_window_bits") return !value || window_bits(*value);
  if (name == "server_max_window_bits") return value && window_bits(*value) >= MessageDeflater::window_bits;
  return false;
}

bool names(const ExtensionOffer& offer, std::string_view parameter) {
  return std::ranges::find(offer.parameters, parameter, &Parameter::name) != offer.parameters.end();
}

bool can_be_accepted(const ExtensionOffer& offer) {
  if (offer.name != "permessage-deflate" || !std::ranges::all_of(offer.parameters, can_be_kept)) return false;
  return std::ranges::all_of(offer.parameters, [&](const Parameter& parameter) {
    return std::ranges::count(offer.parameters, parameter.name, &Parameter::name) == 1;
  });
}

}  // namespace

// Any client window can be read: client_max_window_bits needs no answer.
std::optional<std::string> answer_deflate_offers(std::span<const ExtensionOffer> offers) {
  const auto offer = std::ranges::find_if(offers, can_be_accepted);
  if (offer == offers.end()) return std::nullopt;
  std::string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  if (names(*offer, "server_max_window_bits")) {
    answer += "; server_max_window_bits=" + std::to_string(MessageDeflater::window_bits);
  }
  return answer;
}

}  // namespace orbit::websocket
