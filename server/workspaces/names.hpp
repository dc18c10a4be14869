// Names that must be unique among their like, whatever the case. Plain functions: any thread.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace orbit::workspaces {

/// Compares ASCII letters without regard to case, all else byte by byte.
[[nodiscard]] inline bool same_name(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(left, right, {}, lower, lower);
}

/// Whether another of `states` than `except` has the name.
template <class State, class IdType = decltype(State::id)>
[[nodiscard]] bool name_is_taken(const std::vector<State>& states, std::string_view name, IdType except = {}) {
  return std::ranges::any_of(states,
                             [&](const State& state) { return state.id != except && same_name(state.name, name); });
}

}  // namespace orbit::workspaces
