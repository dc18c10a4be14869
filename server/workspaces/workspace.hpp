// Workspace: the tenant. Each aggregate belongs to the thread of the transaction that holds it.
#pragma once

#include <string>
#include <string_view>

#include "kernel/domain_event.hpp"
#include "kernel/error.hpp"
#include "workspaces/events.hpp"

namespace orbit::workspaces {

class Workspace : public kernel::AggregateRoot<Events> {
 public:
  struct State {
    kernel::WorkspaceId id;
    std::string slug;
    std::string name;
    kernel::MemberId owner_id;
    kernel::Timestamp created_at;
  };

  explicit Workspace(State state) : state_(std::move(state)) {}

  /// `slug` as check_slug lets it pass.
  [[nodiscard]] static Workspace create(State state);

  [[nodiscard]] const State& state() const { return state_; }

  void rename(std::string name, kernel::Timestamp now);
  void transfer_to(kernel::MemberId owner, kernel::Timestamp now);
  void mark_deleted(kernel::Timestamp now);

 private:
  State state_;
};

/// A slug has 3 to 40 of a-z, 0-9 and single dashes, none at the ends, and is none of the words that URLs need.
/// Errors name the field "slug": "required", "too_short", "too_long", "bad_character", "reserved".
[[nodiscard]] kernel::Result<> check_slug(std::string_view slug);

}  // namespace orbit::workspaces
