#include "billing/billing_service.hpp"

#include "billing/stripe_webhook.hpp"

namespace orbit::billing {

using catalog::Permission;
using catalog::SubscriptionDTO;
using kernel::ErrorKind;
using kernel::failure;
using kernel::ReadContext;
using kernel::Result;
using kernel::WriteContext;

BillingService::BillingService(kernel::UnitOfWork& unit_of_work, const workspaces::Repositories& workspaces,
                               const SubscriptionRepository& subscriptions, const StripeEventRepository& stripe_events,
                               std::string webhook_secret, const kernel::Clock& clock)
    : unit_of_work_(unit_of_work),
      workspaces_(workspaces),
      subscriptions_(subscriptions),
      stripe_events_(stripe_events),
      webhook_secret_(std::move(webhook_secret)),
      clock_(clock) {}

void BillingService::workspace_created(WriteContext& context, kernel::WorkspaceId workspace) {
  Subscription subscription = Subscription::start(workspace, clock_);
  subscriptions_.save(context, subscription);
}

namespace {

Result<Subscription> subscription_of(const SubscriptionRepository& subscriptions, const ReadContext& context,
                                     kernel::WorkspaceId workspace) {
  auto found = subscriptions.find_by_workspace(context, workspace);
  if (!found) return failure(ErrorKind::not_found, "not_found", "This workspace has no subscription.");
  return *std::move(found);
}

}  // namespace

std::optional<SubscriptionDTO> BillingService::find(const ReadContext& context, kernel::WorkspaceId workspace) const {
  const auto found = subscriptions_.find_by_workspace(context, workspace);
  return found ? std::optional(to_dto(found->state())) : std::nullopt;
}

Result<SubscriptionDTO> BillingService::subscription(kernel::UserId actor, std::string_view slug) {
  return unit_of_work_.read([&](const ReadContext& context) -> Result<SubscriptionDTO> {
    const auto found = workspaces::access(workspaces_, context, actor, slug);
    if (!found) return std::unexpected(found.error());
    const auto subscription = subscription_of(subscriptions_, context, found->workspace_id());
    if (!subscription) return std::unexpected(subscription.error());
    return to_dto(subscription->state());
  });
}

Result<SubscriptionDTO> BillingService::change_plan(kernel::UserId actor, std::string_view slug, catalog::Plan plan,
                                                    int seats) {
  if (seats < 1 || seats > Subscription::max_seats) {
    return kernel::invalid_field("seats", "out_of_range", "There are 1 to 100000 seats.");
  }
  return unit_of_work_.run([&](WriteContext& context) -> Result<SubscriptionDTO> {
    const auto found = workspaces::access(workspaces_, context, actor, slug, Permission::billing_manage);
    if (!found) return std::unexpected(found.error());
    auto subscription = subscription_of(subscriptions_, context, found->workspace_id());
    if (!subscription) return std::unexpected(subscription.error());
    const auto& now = subscription->state();
    subscription->change({plan, catalog::SubscriptionStatus::active, seats, now.current_period_end, false},
                         clock_.now());
    subscriptions_.save(context, *subscription);
    return to_dto(subscription->state());
  });
}

Result<> BillingService::handle_stripe_webhook(std::string_view signature, std::string_view body) {
  if (auto verified = verify_signature(signature, body, webhook_secret_, clock_.now()); !verified) return verified;
  const auto parsed = parse_stripe_event(body);
  if (!parsed) return std::unexpected(parsed.error());
  if (!*parsed) return {};
  const StripeSubscriptionEvent& event = **parsed;

  return unit_of_work_.run([&](WriteContext& context) -> Result<> {
    auto subscription = subscriptions_.find_by_stripe_id(context, event.report.stripe_id);
    if (!subscription && event.workspace_id) {
      subscription = subscriptions_.find_by_workspace(context, *event.workspace_id);
    }
    if (!subscription) {
      return failure(ErrorKind::not_found, "stripe.unknown_workspace", "No workspace here has this subscription.");
    }
    const auto workspace = subscription->state().workspace_id;
    context.lock(workspace);
    subscription = subscriptions_.find_by_workspace(context, workspace);
    if (!subscription) {
      return failure(ErrorKind::not_found, "stripe.unknown_workspace", "The workspace has just been deleted.");
    }
    if (!stripe_events_.note(context, event.event_id, clock_.now())) return {};
    if (subscription->apply(event.report, clock_.now())) subscriptions_.save(context, *subscription);
    return {};
  });
}

}  // namespace orbit::billing
