// Billing's repositories in memory, for tests of rules. Belong to the test's thread.
#pragma once

#include <string>

#include "billing/subscription.hpp"
#include "kernel/testing/memory_unit_of_work.hpp"

namespace orbit::billing {

class MemorySubscriptionRepository final : public kernel::MemoryRepository<SubscriptionRepository, Subscription> {
 public:
  using MemoryRepository::MemoryRepository;

  [[nodiscard]] std::optional<Subscription> find_by_workspace(const kernel::ReadContext&,
                                                              kernel::WorkspaceId workspace) const override {
    return whole(table_.first([&](const State& subscription) { return subscription.workspace_id == workspace; }));
  }
  [[nodiscard]] std::optional<Subscription> find_by_stripe_id(const kernel::ReadContext&,
                                                              std::string_view stripe_id) const override {
    return whole(table_.first([&](const State& subscription) { return subscription.stripe_id == stripe_id; }));
  }
};

class MemoryStripeEventRepository final : public StripeEventRepository {
 public:
  explicit MemoryStripeEventRepository(kernel::MemoryUnitOfWork& unit_of_work) { unit_of_work.enlist(noted_); }

  [[nodiscard]] bool note(kernel::WriteContext&, std::string_view event_id, kernel::Timestamp now) const override {
    std::erase_if(noted_, [&](const auto& entry) { return entry.second < now - remembered; });
    return noted_.emplace(std::string(event_id), now).second;
  }

 private:
  mutable std::map<std::string, kernel::Timestamp> noted_;
};

}  // namespace orbit::billing
