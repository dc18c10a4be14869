// Repository: where an aggregate is kept. Saving stores its state and emits what it recorded, in one step, so that
// neither can be forgotten. Stateless: any thread, with a context of that thread's own.
#pragma once

#include <optional>

#include "kernel/unit_of_work.hpp"

namespace orbit::kernel {

/// `Aggregate` derives from AggregateRoot and has a `State` with an `id`.
template <class Aggregate>
class Repository {
 public:
  using State = typename Aggregate::State;
  using IdType = decltype(State::id);

  virtual ~Repository() = default;

  [[nodiscard]] virtual std::optional<Aggregate> find(const ReadContext& context, IdType id) const = 0;

  /// Adds or updates.
  void save(WriteContext& context, Aggregate& aggregate) const {
    store(context, aggregate.state());
    context.emit(aggregate.take_events());
  }

  void remove(WriteContext& context, Aggregate& aggregate) const {
    erase(context, aggregate.state().id);
    context.emit(aggregate.take_events());
  }

 protected:
  virtual void store(WriteContext& context, const State& state) const = 0;
  virtual void erase(WriteContext& context, IdType id) const = 0;
};

}  // namespace orbit::kernel
