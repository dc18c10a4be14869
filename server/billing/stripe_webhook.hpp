// Stripe's webhook as text: who signed it, and what it says. Plain functions: any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "billing/subscription.hpp"
#include "kernel/error.hpp"

namespace orbit::billing {

inline constexpr std::chrono::minutes signature_tolerance{5};

/// Checks the Stripe-Signature header (HMAC-SHA256 of "{t}.{body}" under any of its v1 values).
/// Error: unauthenticated "stripe.bad_signature".
[[nodiscard]] kernel::Result<> verify_signature(std::string_view header, std::string_view body, std::string_view secret,
                                                kernel::Timestamp now);

/// A customer.subscription.* event.
struct StripeSubscriptionEvent {
  std::string event_id;
  Subscription::StripeReport report;
  std::optional<kernel::WorkspaceId> workspace_id;  // from the subscription's metadata
};

/// nullopt for a well-formed event of another kind. The plan is the metadata's "plan", or else the first price's
/// lookup_key; a deletion means the free plan. Of the events of one second, a creation is told first and a deletion
/// last. Error: invalid "stripe.bad_payload", naming the field.
[[nodiscard]] kernel::Result<std::optional<StripeSubscriptionEvent>> parse_stripe_event(std::string_view body);

}  // namespace orbit::billing
