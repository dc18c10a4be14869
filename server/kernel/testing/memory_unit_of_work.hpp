// MemoryUnitOfWork: a UnitOfWork over tables in memory, for tests of rules. A transaction that fails puts back what the
// tables held, and its events are dropped. Belongs to the test's thread.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kernel/repository.hpp"
#include "kernel/unit_of_work.hpp"

namespace orbit::kernel {

class MemoryUnitOfWork final : public UnitOfWork {
 public:
  /// From here on, `table` is put back when a transaction fails.
  template <class Table>
  void enlist(Table& table) {
    savers_.push_back([&table] { return [&table, before = table] { table = before; }; });
  }

  /// What the transactions that committed since the last call emitted, oldest first.
  [[nodiscard]] std::vector<DomainEvent> take_events() { return std::exchange(events_, {}); }

  /// The types of take_events().
  [[nodiscard]] std::vector<std::string> take_types() {
    std::vector<std::string> types;
    for (DomainEvent& event : take_events()) types.push_back(std::move(event.type));
    return types;
  }

  [[nodiscard]] int commits() const { return commits_; }

  /// From here on no transaction commits.
  void fail_commits() { failing_ = true; }

 private:
  struct Reading final : ReadContext {
    Reading() = default;
  };

  struct Writing final : WriteContext {
    Writing() = default;
    void add_event(DomainEvent event) override { events.push_back(std::move(event)); }
    std::vector<DomainEvent> events;
  };

  Result<> run_transaction(const WriteWork& work) override {
    std::vector<std::function<void()>> restorers;
    for (const auto& save : savers_) restorers.push_back(save());
    Writing context;
    Result<> done = work(context);
    if (done && failing_) done = failure(ErrorKind::unavailable, "database.busy", "Try again.");
    if (!done) {
      for (const auto& restore : restorers) restore();
      return done;
    }
    ++commits_;
    std::ranges::move(context.events, std::back_inserter(events_));
    return done;
  }

  Result<> read_snapshot(const ReadWork& work) override { return work(Reading{}); }

  std::vector<std::function<std::function<void()>()>> savers_;
  std::vector<DomainEvent> events_;
  int commits_ = 0;
  bool failing_ = false;
};

/// Rows by id, that know in which order they came.
template <class State>
class MemoryTable {
 public:
  using IdType = decltype(State::id);

  void put(const State& state) {
    const auto [row, added] = rows_.try_emplace(state.id, next_, state);
    if (added) {
      ++next_;
    } else {
      row->second.second = state;
    }
  }

  void erase(IdType id) { rows_.erase(id); }

  [[nodiscard]] std::optional<State> find(IdType id) const {
    const auto row = rows_.find(id);
    return row == rows_.end() ? std::nullopt : std::optional(row->second.second);
  }

  /// Oldest first.
  template <class Condition>
  [[nodiscard]] std::vector<State> where(Condition condition) const {
    std::vector<std::pair<int, State>> found;
    for (const auto& [id, row] : rows_) {
      if (condition(row.second)) found.push_back(row);
    }
    std::ranges::sort(found, {}, &std::pair<int, State>::first);
    std::vector<State> states;
    for (auto& [place, state] : found) states.push_back(std::move(state));
    return states;
  }

  template <class Condition>
  [[nodiscard]] std::optional<State> first(Condition condition) const {
    auto found = where(condition);
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  }

 private:
  std::map<IdType, std::pair<int, State>> rows_;
  int next_ = 0;
};

/// The part of a repository that all have in common. `Interface` derives from Repository<Aggregate>.
template <class Interface, class Aggregate>
class MemoryRepository : public Interface {
 public:
  using State = typename Aggregate::State;
  using IdType = decltype(State::id);

  explicit MemoryRepository(MemoryUnitOfWork& unit_of_work) { unit_of_work.enlist(table_); }

  [[nodiscard]] std::optional<Aggregate> find(const ReadContext&, IdType id) const override {
    return whole(table_.find(id));
  }

 protected:
  void store(WriteContext&, const State& state) const override { table_.put(state); }
  void erase(WriteContext&, IdType id) const override { table_.erase(id); }

  [[nodiscard]] static std::optional<Aggregate> whole(std::optional<State> state) {
    return state ? std::optional<Aggregate>(Aggregate(*std::move(state))) : std::nullopt;
  }

  mutable MemoryTable<State> table_;  // repositories are const to their callers
};

}  // namespace orbit::kernel
