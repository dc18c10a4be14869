// BillingService: a workspace's subscription, by its own people and by Stripe. Commands block on the database: workers
// only.
#pragma once

#include <string>
#include <string_view>

#include "billing/subscription.hpp"
#include "kernel/clock.hpp"
#include "workspaces/access.hpp"
#include "workspaces/workspace_service.hpp"

namespace orbit::billing {

class BillingService final : public workspaces::WorkspaceCreationHook {
 public:
  /// `webhook_secret` may be empty: then every webhook is refused.
  BillingService(kernel::UnitOfWork& unit_of_work, const workspaces::Repositories& workspaces,
                 const SubscriptionRepository& subscriptions, const StripeEventRepository& stripe_events,
                 std::string webhook_secret, const kernel::Clock& clock);

  void workspace_created(kernel::WriteContext& context, kernel::WorkspaceId workspace) override;

  [[nodiscard]] std::optional<catalog::SubscriptionDTO> find(const kernel::ReadContext& context,
                                                             kernel::WorkspaceId workspace) const;

  /// Any member may look. Error: not_found.
  [[nodiscard]] kernel::Result<catalog::SubscriptionDTO> subscription(kernel::UserId actor, std::string_view slug);

  /// Needs billing.manage; `seats` from 1 to Subscription::max_seats. For who doesn't use Stripe: takes effect at once.
  [[nodiscard]] kernel::Result<catalog::SubscriptionDTO> change_plan(kernel::UserId actor, std::string_view slug,
                                                                     catalog::Plan plan, int seats);

  /// Applies a customer.subscription.* event once, and none older than one applied before; others are ignored. Errors:
  /// those of stripe_webhook.hpp; not_found "stripe.unknown_workspace", so that Stripe tries again.
  [[nodiscard]] kernel::Result<> handle_stripe_webhook(std::string_view signature, std::string_view body);

 private:
  kernel::UnitOfWork& unit_of_work_;
  workspaces::Repositories workspaces_;
  const SubscriptionRepository& subscriptions_;
  const StripeEventRepository& stripe_events_;
  std::string webhook_secret_;
  const kernel::Clock& clock_;
};

}  // namespace orbit::billing
