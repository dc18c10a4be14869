// Subscription: what a workspace pays for; each has exactly one. Each aggregate belongs to the thread of the
// transaction that holds it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "catalog/dto.hpp"
#include "kernel/domain_event.hpp"
#include "kernel/repository.hpp"

namespace orbit::billing {

struct SubscriptionUpdated {
  static constexpr std::string_view type = "billing.subscription.updated";
};
BOOST_DESCRIBE_STRUCT(SubscriptionUpdated, (), ())

using Events = kernel::EventList<SubscriptionUpdated>;

class Subscription : public kernel::AggregateRoot<Events> {
 public:
  struct State {
    kernel::SubscriptionId id;
    kernel::WorkspaceId workspace_id;
    catalog::Plan plan = catalog::Plan::free;
    catalog::SubscriptionStatus status = catalog::SubscriptionStatus::active;
    int seats = 5;
    std::optional<kernel::Timestamp> current_period_end;
    bool cancel_at_period_end = false;
    std::string stripe_id;                            // empty until Stripe first tells of it
    std::optional<kernel::Timestamp> stripe_told_at;  // Stripe's own time of the newest event applied
    kernel::Timestamp updated_at;
  };

  /// What a plan change, or Stripe, says of a subscription.
  struct Terms {
    catalog::Plan plan;
    catalog::SubscriptionStatus status;
    int seats;
    std::optional<kernel::Timestamp> current_period_end;
    bool cancel_at_period_end;
  };

  /// One of Stripe's events.
  struct StripeReport {
    std::string stripe_id;
    kernel::Timestamp begun_at;  // when the subscription it is about began
    kernel::Timestamp told_at;   // when this was so
    Terms terms;
  };

  static constexpr int max_seats = 100'000;

  explicit Subscription(State state) : state_(std::move(state)) {}

  /// Every workspace starts on the free plan.
  [[nodiscard]] static Subscription start(kernel::WorkspaceId workspace, const kernel::Clock& clock);

  [[nodiscard]] const State& state() const { return state_; }

  /// Terms that are the present ones record nothing.
  void change(const Terms& terms, kernel::Timestamp now);

  /// Applies what Stripe says, unless something newer about the same subscription was applied before. One of Stripe's
  /// subscriptions gives way to another only where the other is live, and either it has ended itself or the other began
  /// after the last that was told of it: so the late end of an old one doesn't end the new one. Returns whether it was
  /// applied.
  bool apply(const StripeReport& report, kernel::Timestamp now);

 private:
  [[nodiscard]] bool heeds(const StripeReport& report) const;

  State state_;
};

[[nodiscard]] catalog::SubscriptionDTO to_dto(const Subscription::State& subscription);

/// Stateless: any thread, with a context of that thread's own.
class SubscriptionRepository : public kernel::Repository<Subscription> {
 public:
  [[nodiscard]] virtual std::optional<Subscription> find_by_workspace(const kernel::ReadContext& context,
                                                                      kernel::WorkspaceId workspace) const = 0;
  [[nodiscard]] virtual std::optional<Subscription> find_by_stripe_id(const kernel::ReadContext& context,
                                                                      std::string_view stripe_id) const = 0;
};

/// Which of Stripe's events have been applied. Stateless, as above.
class StripeEventRepository {
 public:
  virtual ~StripeEventRepository() = default;

  static constexpr std::chrono::days remembered{30};  // Stripe tries again for three days

  /// False where the event was noted before. Forgets those noted longer than `remembered` ago.
  [[nodiscard]] virtual bool note(kernel::WriteContext& context, std::string_view event_id,
                                  kernel::Timestamp now) const = 0;
};

}  // namespace orbit::billing
