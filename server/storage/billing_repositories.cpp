#include "storage/billing_repositories.hpp"

#include "storage/soci_context.hpp"
#include "storage/stored_words.hpp"

namespace orbit::storage {

using billing::Subscription;
using kernel::ReadContext;
using kernel::SubscriptionId;
using kernel::Timestamp;
using kernel::WorkspaceId;
using kernel::WriteContext;

namespace {

template <class... In>
std::optional<Subscription> select_subscription(const ReadContext& context, const std::string& where, const In&... in) {
  auto row = select_one<SubscriptionId, WorkspaceId, catalog::Plan, catalog::SubscriptionStatus, int,
                        std::optional<Timestamp>, bool, std::string, std::optional<Timestamp>, Timestamp>(
      session_of(context),
      "SELECT id, workspace_id, plan, status, seats, current_period_end, cancel_at_period_end, stripe_id, "
      "stripe_told_at, updated_at FROM subscriptions " +
          where,
      in...);
  if (!row) return std::nullopt;
  return Subscription(std::make_from_tuple<Subscription::State>(std::move(*row)));
}

}  // namespace

std::optional<Subscription> SociSubscriptionRepository::find(const ReadContext& context, SubscriptionId id) const {
  return select_subscription(context, "WHERE id = :id", id);
}

std::optional<Subscription> SociSubscriptionRepository::find_by_workspace(const ReadContext& context,
                                                                          WorkspaceId workspace) const {
  return select_subscription(context, "WHERE workspace_id = :workspace", workspace);
}

std::optional<Subscription> SociSubscriptionRepository::find_by_stripe_id(const ReadContext& context,
                                                                          std::string_view stripe_id) const {
  return select_subscription(context, "WHERE stripe_id = :stripe", std::string(stripe_id));
}

void SociSubscriptionRepository::store(WriteContext& context, const Subscription::State& state) const {
  execute(session_of(context),
          "INSERT INTO subscriptions (id, workspace_id, plan, status, seats, current_period_end, cancel_at_period_end, "
          "stripe_id, stripe_told_at, updated_at) VALUES (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j) "
          "ON CONFLICT (id) DO UPDATE SET plan = excluded.plan, status = excluded.status, seats = excluded.seats, "
          "current_period_end = excluded.current_period_end, cancel_at_period_end = excluded.cancel_at_period_end, "
          "stripe_id = excluded.stripe_id, stripe_told_at = excluded.stripe_told_at, updated_at = excluded.updated_at",
          state.id, state.workspace_id, state.plan, state.status, state.seats, state.current_period_end,
          state.cancel_at_period_end, state.stripe_id, state.stripe_told_at, state.updated_at);
}

void SociSubscriptionRepository::erase(WriteContext& context, SubscriptionId id) const {
  execute(session_of(context), "DELETE FROM subscriptions WHERE id = :id", id);
}

bool SociStripeEventRepository::note(WriteContext& context, std::string_view event_id, Timestamp now) const {
  execute(session_of(context), "DELETE FROM stripe_events WHERE noted_at < :oldest", Timestamp(now - remembered));
  return execute(session_of(context),
                 "INSERT INTO stripe_events (id, noted_at) VALUES (:id, :now) ON CONFLICT (id) DO NOTHING",
                 std::string(event_id), now) > 0;
}

}  // namespace orbit::storage
