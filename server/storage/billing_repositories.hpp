// Subscriptions, and Stripe's events, in the database. Stateless: any thread, with a context of that thread's own.
#pragma once

#include "billing/subscription.hpp"

namespace orbit::storage {

class SociSubscriptionRepository final : public billing::SubscriptionRepository {
 public:
  [[nodiscard]] std::optional<billing::Subscription> find(const kernel::ReadContext& context,
                                                          kernel::SubscriptionId id) const override;
  [[nodiscard]] std::optional<billing::Subscription> find_by_workspace(const kernel::ReadContext& context,
                                                                       kernel::WorkspaceId workspace) const override;
  [[nodiscard]] std::optional<billing::Subscription> find_by_stripe_id(const kernel::ReadContext& context,
                                                                       std::string_view stripe_id) const override;

 protected:
  void store(kernel::WriteContext& context, const State& state) const override;
  void erase(kernel::WriteContext& context, kernel::SubscriptionId id) const override;
};

class SociStripeEventRepository final : public billing::StripeEventRepository {
 public:
  [[nodiscard]] bool note(kernel::WriteContext& context, std::string_view event_id,
                          kernel::Timestamp now) const override;
};

}  // namespace orbit::storage
