// Team: a named group of members. Each aggregate belongs to the thread of the transaction that holds it.
#pragma once

#include <string>
#include <vector>

#include "kernel/domain_event.hpp"
#include "workspaces/events.hpp"

namespace orbit::workspaces {

class Team : public kernel::AggregateRoot<Events> {
 public:
  struct State {
    kernel::TeamId id;
    kernel::WorkspaceId workspace_id;
    std::string name;
    std::vector<kernel::MemberId> member_ids;  // oldest first
    kernel::Timestamp created_at;
  };

  explicit Team(State state) : state_(std::move(state)) {}

  [[nodiscard]] static Team create(State state);

  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] bool has(kernel::MemberId member) const;

  void rename(std::string name, kernel::Timestamp now);

  /// Adding whom it has, or removing whom it has not, changes nothing and records nothing.
  void add(kernel::MemberId member, kernel::Timestamp now);
  void remove(kernel::MemberId member, kernel::Timestamp now);

  void mark_deleted(kernel::Timestamp now);

 private:
  State state_;
};

}  // namespace orbit::workspaces
