#include "cluster/replicated_state.hpp"

namespace orbit::cluster {

namespace {

constexpr std::chrono::milliseconds tick_length{100};

}  // namespace

ReplicatedState::ReplicatedState(const Parts& parts, std::chrono::milliseconds grace, kernel::MetricsRegistry& metrics)
    : parts_(parts),
      owner_(parts.switchboard, parts.scheduler, parts.subjects, metrics),
      copies_(parts, grace, metrics) {
  parts_.switchboard.add_listener(*this);
}

ReplicatedState::~ReplicatedState() { parts_.scheduler.cancel(tick_timer_); }

void ReplicatedState::start() {
  parts_.switchboard.subscribe(parts_.subjects.node(parts_.switchboard.incarnation()));
  tick();
}

void ReplicatedState::tick() {
  tick_timer_ = parts_.scheduler.after(tick_length, [this] {
    owner_.tick();
    copies_.tick();
    tick();
  });
}

void ReplicatedState::hold(const std::string& topic, TopicListener& listener) {
  owner_.hold(topic);
  copies_.hold(topic, listener);
}

void ReplicatedState::release(const std::string& topic) {
  owner_.release(topic);
  copies_.release(topic);
}

bool ReplicatedState::put(const std::string& topic, std::string_view key, std::string value) {
  return owner_.put(topic, key, std::move(value));
}

// What changed while nobody could be told, the others find out by its digest.
void ReplicatedState::connected() {
  if (std::exchange(was_connected_, true)) owner_.tell_digests_soon();
}

}  // namespace orbit::cluster
