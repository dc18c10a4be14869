#include "identity/operator_key.hpp"

#include <algorithm>
#include <array>

namespace orbit::identity {

namespace {

constexpr std::array all_scopes{OperatorScope::read, OperatorScope::disconnect, OperatorScope::publish};

}  // namespace

bool OperatorKey::may(OperatorScope scope) const { return std::ranges::find(scopes, scope) != scopes.end(); }

std::string_view name_of(OperatorScope scope) {
  switch (scope) {
    case OperatorScope::read:
      return "read";
    case OperatorScope::disconnect:
      return "disconnect";
    case OperatorScope::publish:
      return "publish";
  }
  return {};
}

std::string to_words(const OperatorScopes& scopes) {
  std::string words;
  for (const OperatorScope scope : scopes) words.append(words.empty() ? "" : " ").append(name_of(scope));
  return words;
}

kernel::Result<OperatorScopes> parse_scopes(std::string_view words) {
  std::array<bool, all_scopes.size()> named{};
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find_first_of(" ,"));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    if (word.empty()) continue;
    const auto found = std::ranges::find(all_scopes, word, &name_of);
    if (found == all_scopes.end()) {
      return kernel::invalid_field("scope", "unknown",
                                   "A scope is read, disconnect or publish, not \"" + std::string(word) + "\".");
    }
    named[static_cast<std::size_t>(found - all_scopes.begin())] = true;
  }
  OperatorScopes scopes;
  for (std::size_t i = 0; i < named.size(); ++i) {
    if (named[i]) scopes.push_back(all_scopes[i]);
  }
  if (scopes.empty()) return kernel::invalid_field("scope", "required", "A key needs a scope.");
  return scopes;
}

}  // namespace orbit::identity
