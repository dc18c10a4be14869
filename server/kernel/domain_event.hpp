// DomainEvent: a fact that an aggregate recorded, as the event log keeps it. A feature declares its events as described
// structs of ids; this header turns them into DomainEvents and back. Plain data: any thread.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernel/clock.hpp"
#include "kernel/id.hpp"

namespace orbit::kernel {

/// A DomainEvent's place in its workspace's log: 1, 2, 3 …, no gaps, in commit order.
using Seq = std::uint64_t;

struct DomainEvent {
  std::string type;  // past tense: "workspaces.member.joined"
  WorkspaceId workspace_id;
  std::vector<std::pair<std::string, std::string>> ids;  // by field name: {"member_id", "mbr_…"}
  Timestamp occurred_at{};
  Seq seq = 0;                // 0 until the unit of work assigns it
  SteadyTime committed_at{};  // as this node's relay heard of it; zero where it came another way
};

/// A feature's event: a described struct whose members are all Ids, with a static `type`.
template <class Event>
concept DomainEventType = boost::describe::has_describe_members<Event>::value && requires {
  { Event::type } -> std::convertible_to<std::string_view>;
};

template <DomainEventType Event>
[[nodiscard]] DomainEvent to_domain_event(const Event& event, WorkspaceId workspace_id, Timestamp occurred_at) {
  DomainEvent out{std::string(Event::type), workspace_id, {}, occurred_at};
  boost::mp11::mp_for_each<boost::describe::describe_members<Event, boost::describe::mod_public>>(
      [&](auto member) { out.ids.emplace_back(member.name, (event.*member.pointer).str()); });
  return out;
}

/// nullopt where the type differs, or an id is missing or malformed.
template <DomainEventType Event>
[[nodiscard]] std::optional<Event> from_domain_event(const DomainEvent& from) {
  if (from.type != Event::type) return std::nullopt;
  Event event{};
  bool complete = true;
  boost::mp11::mp_for_each<boost::describe::describe_members<Event, boost::describe::mod_public>>([&](auto member) {
    using IdType = std::remove_cvref_t<decltype(event.*member.pointer)>;
    for (const auto& [name, value] : from.ids) {
      if (name != member.name) continue;
      if (const auto id = IdType::parse(value)) {
        event.*member.pointer = *id;
        return;
      }
    }
    complete = false;
  });
  return complete ? std::optional(event) : std::nullopt;
}

/// A feature's list of all its events: who handles them takes the list, so that a new one can't be forgotten.
template <DomainEventType... Event>
using EventList = boost::mp11::mp_list<Event...>;

/// The types of all events of an EventList.
template <class Events>
[[nodiscard]] std::vector<std::string_view> types_of() {
  std::vector<std::string_view> types;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Events>>(
      [&](auto listed) { types.push_back(decltype(listed)::type::type); });
  return types;
}

/// Calls `visit`, which must take every event of the list, with the one that this is. False where it is none of them,
/// or an id is missing or malformed.
template <class Events, class Visitor>
bool visit_event(const DomainEvent& event, Visitor visit) {
  bool found = false;
  boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Events>>([&](auto listed) {
    using Event = typename decltype(listed)::type;
    if (event.type != Event::type) return;
    const auto typed = from_domain_event<Event>(event);
    if (typed) visit(*typed);
    found = typed.has_value();
  });
  return found;
}

/// Base of aggregates: collects what happened until a repository saves it. `Events` is its feature's EventList.
template <class Events>
class AggregateRoot {
 public:
  /// Hands over what was recorded since the last call, oldest first.
  [[nodiscard]] std::vector<DomainEvent> take_events() { return std::exchange(events_, {}); }
  [[nodiscard]] std::span<const DomainEvent> recorded_events() const { return events_; }

 protected:
  template <DomainEventType Event>
  void record(const Event& event, WorkspaceId workspace_id, Timestamp occurred_at) {
    static_assert(boost::mp11::mp_contains<Events, Event>::value, "add the event to its feature's EventList");
    events_.push_back(to_domain_event(event, workspace_id, occurred_at));
  }

 private:
  std::vector<DomainEvent> events_;
};

}  // namespace orbit::kernel
