#include "billing/subscription.hpp"

namespace orbit::billing {

using catalog::SubscriptionStatus;

Subscription Subscription::start(kernel::WorkspaceId workspace, const kernel::Clock& clock) {
  State state;
  state.id = kernel::SubscriptionId::create(clock);
  state.workspace_id = workspace;
  state.updated_at = clock.now();
  Subscription subscription(std::move(state));
  subscription.record(SubscriptionUpdated{}, workspace, clock.now());
  return subscription;
}

void Subscription::change(const Terms& terms, kernel::Timestamp now) {
  const bool differs = terms.plan != state_.plan || terms.status != state_.status || terms.seats != state_.seats ||
                       terms.current_period_end != state_.current_period_end ||
                       terms.cancel_at_period_end != state_.cancel_at_period_end;
  if (!differs) return;
  state_.plan = terms.plan;
  state_.status = terms.status;
  state_.seats = terms.seats;
  state_.current_period_end = terms.current_period_end;
  state_.cancel_at_period_end = terms.cancel_at_period_end;
  state_.updated_at = now;
  record(SubscriptionUpdated{}, state_.workspace_id, now);
}

bool Subscription::heeds(const StripeReport& report) const {
  if (state_.stripe_id.empty()) return true;
  if (state_.stripe_id == report.stripe_id) return state_.stripe_told_at <= report.told_at;
  const bool ended =
      state_.status == SubscriptionStatus::canceled || state_.status == SubscriptionStatus::incomplete_expired;
  const bool other_is_live =
      report.terms.status == SubscriptionStatus::active || report.terms.status == SubscriptionStatus::trialing;
  return other_is_live && (ended || state_.stripe_told_at < report.begun_at);
}

bool Subscription::apply(const StripeReport& report, kernel::Timestamp now) {
  if (!heeds(report)) return false;
  state_.stripe_id = report.stripe_id;
  state_.stripe_told_at = report.told_at;
  change(report.terms, now);
  return true;
}

catalog::SubscriptionDTO to_dto(const Subscription::State& subscription) {
  return {subscription.id,
          subscription.workspace_id,
          subscription.plan,
          subscription.status,
          subscription.seats,
          subscription.current_period_end,
          subscription.cancel_at_period_end,
          subscription.updated_at};
}

}  // namespace orbit::billing
