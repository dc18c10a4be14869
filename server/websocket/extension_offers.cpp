#include "websocket/extension_offers.hpp"

#include <algorithm>
#include <utility>

namespace orbit::websocket {
namespace {

/// RFC 2616, section 2.2.
bool is_token_character(char c) {
  constexpr std::string_view separators = "()<>@,;:\\\"/[]?={} \t";
  return c > 0x20 && c < 0x7F && !separators.contains(c);
}

/// Takes the grammar's pieces off the front of a header.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool at_end() {
    skip_space();
    return rest_.empty();
  }

  [[nodiscard]] bool skip(char mark) {
    skip_space();
    if (!rest_.starts_with(mark)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  [[nodiscard]] std::optional<std::string> token() {
    skip_space();
    const auto end = std::ranges::find_if_not(rest_, is_token_character);
    const auto size = static_cast<std::size_t>(end - rest_.begin());
    if (size == 0) return std::nullopt;
    std::string token(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return token;
  }

  /// A token, or one in quotes.
  [[nodiscard]] std::optional<std::string> value() {
    if (!skip('"')) return token();
    std::string value;
    while (!rest_.starts_with('"')) {
      if (rest_.starts_with('\\')) rest_.remove_prefix(1);
      if (rest_.empty() || !is_token_character(rest_.front())) return std::nullopt;
      value.push_back(rest_.front());
      rest_.remove_prefix(1);
    }
    rest_.remove_prefix(1);
    if (value.empty()) return std::nullopt;
    return value;
  }

 private:
  void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  std::string_view rest_;
};

std::optional<ExtensionOffer> read_offer(Reader& reader) {
  auto name = reader.token();
  if (!name) return std::nullopt;
  ExtensionOffer offer{*std::move(name)};
  while (reader.skip(';')) {
    auto parameter = reader.token();
    if (!parameter) return std::nullopt;
    offer.parameters.push_back({*std::move(parameter)});
    if (!reader.skip('=')) continue;
    auto value = reader.value();
    if (!value) return std::nullopt;
    offer.parameters.back().value = std::move(value);
  }
  return offer;
}

}  // namespace

// A list may have empty elements, as long as it has others (RFC 2616, section 2.1).
std::optional<std::vector<ExtensionOffer>> read_extension_offers(std::span<const std::string_view> headers) {
  std::vector<ExtensionOffer> offers;
  for (const std::string_view header : headers) {
    Reader reader(header);
    while (!reader.at_end()) {
      if (reader.skip(',')) continue;
      auto offer = read_offer(reader);
      if (!offer || !(reader.at_end() || reader.skip(','))) return std::nullopt;
      offers.push_back(*std::move(offer));
    }
  }
  if (offers.empty() && !headers.empty()) return std::nullopt;
  return offers;
}

}  // namespace orbit::websocket
