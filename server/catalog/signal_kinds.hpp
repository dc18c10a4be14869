// The kinds of live signals, and how each is delivered. Plain data: any thread.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace orbit::catalog {

enum class SignalDelivery {
  latest,  // a member's newer value takes the place of the older: only what is so now counts
  each,    // every one is delivered, in order
};

struct SignalKind {
  std::string_view name;
  SignalDelivery delivery;
  std::string_view doc;
};

inline constexpr std::array signal_kinds{
    SignalKind{"cursor", SignalDelivery::latest, "Where a member points."},
    SignalKind{"typing", SignalDelivery::latest, "Whether, and where, a member is typing."},
    SignalKind{"selection", SignalDelivery::latest, "What a member has selected."},
    SignalKind{"reaction", SignalDelivery::each, "A thumb, a heart: each one counts."},
};

/// A kind that is not declared is an app's own, and delivered as the latest.
[[nodiscard]] constexpr SignalDelivery delivery_of(std::string_view kind) {
  const auto found = std::ranges::find(signal_kinds, kind, &SignalKind::name);
  return found == signal_kinds.end() ? SignalDelivery::latest : found->delivery;
}

}  // namespace orbit::catalog
