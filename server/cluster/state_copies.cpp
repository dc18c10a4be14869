#include "cluster/state_copies.hpp"

#include <algorithm>

namespace orbit::cluster {

using std::chrono::milliseconds;

StateCopies::StateCopies(const Parts& parts, milliseconds grace, kernel::MetricsRegistry& metrics)
    : parts_(parts),
      grace_(grace),
      own_subject_(parts.subjects.node(parts.switchboard.incarnation())),
      topics_gauge_(metrics.gauge("orbit_cluster_topics", "Topics of replicated state that this node holds")),
      entries_gauge_(
          metrics.gauge("orbit_cluster_entries", "Entries of replicated state, by whose they are", {{"of", "others"}})),
      asks_counter_(metrics.counter("orbit_cluster_asked_total", "Topics that another node, or all, were asked for")),
      asks_again_counter_(metrics.counter("orbit_cluster_asked_again_total",
                                          "Topics that were asked for again, no answer having come")),
      repairs_counter_(metrics.counter("orbit_cluster_repairs_total",
                                       "Copies that a gap or a digest showed not to be as their owner's")),
      random_(std::random_device{}()) {
  Switchboard& switchboard = parts_.switchboard;
  switchboard.add_listener(*this);
  parts_.peers.add_listener(*this);
  const auto handle = [&](std::string_view kind, bool (StateCopies::*handler)(const Message&)) {
    switchboard.handle(std::string(kind),
                       [this, handler](const Message& message) { return (this->*handler)(message); });
  };
  handle(replication_kind::delta, &StateCopies::delta_came);
  handle(replication_kind::digest, &StateCopies::digest_came);
  handle(replication_kind::answer, &StateCopies::answer_came);
  handle(replication_kind::state, &StateCopies::state_came);
}

StateCopies::~StateCopies() {
  parts_.scheduler.cancel(round_timer_);
  parts_.scheduler.cancel(jitter_timer_);
  for (const auto& [node, timer] : departing_) parts_.scheduler.cancel(timer);
  for (auto& [name, topic] : topics_) {
    for (auto& [id, waiter] : topic.waiters) parts_.scheduler.cancel(waiter.timer);
  }
}

void StateCopies::hold(const std::string& topic, TopicListener& listener) {
  const auto [entry, is_new] = topics_.try_emplace(topic);
  if (!is_new) return;
  entry->second.listener = &listener;
  entry->second.life = ++last_life_;
  topics_gauge_.set(static_cast<std::int64_t>(topics_.size()));
  if (parts_.switchboard.subscribe(topic)) ask_all(topic, Want::state, When::now);
}

void StateCopies::release(const std::string& topic) {
  const auto entry = topics_.find(topic);
  if (entry == topics_.end()) return;
  auto waiting = topics_.extract(entry);
  for (const auto& [node, copy] : waiting.mapped().copies) {
    entries_gauge_.add(-static_cast<std::int64_t>(copy.replica.entries().size()));
  }
  topics_gauge_.set(static_cast<std::int64_t>(topics_.size()));
  to_ask_all_.erase(topic);
  jittered_.erase(topic);
  asks_.forget(topic);
  parts_.switchboard.unsubscribe(topic);
  stop_waiting(waiting.mapped(), false);
}

void StateCopies::visit(const std::string& topic, const Visitor& visitor) const {
  const auto entry = topics_.find(topic);
  if (entry == topics_.end()) return;
  for (const auto& [node, copy] : entry->second.copies) {
    for (const auto& [key, value] : copy.replica.entries().all()) visitor(node, key, value);
  }
}

// A node that is not alive any more has copies only where it had them before its farewell.
StateCopies::Copy* StateCopies::copy_of(Topic& topic, const kernel::Uuid& node) {
  const auto known = topic.copies.find(node);
  if (known != topic.copies.end()) return &known->second;
  return parts_.peers.is_alive(node) ? &topic.copies[node] : nullptr;
}

bool StateCopies::delta_came(const Message& message) {
  const auto delta = read_delta(message.text);
  if (!delta) return false;
  const std::string name(message.subject);
  const auto entry = topics_.find(name);
  if (entry == topics_.end()) return true;
  Copy* copy = copy_of(entry->second, message.from);
  if (copy == nullptr) return true;
  const std::size_t before = copy->replica.entries().size();
  if (before + delta->changes.size() > max_entries) return false;
  Changes changed;
  const auto outcome = copy->replica.apply(*delta, changed);
  note_size(*copy, before);
  take(name, message.from, outcome, changed);
  return true;
}

bool StateCopies::digest_came(const Message& message) {
  const auto digest = read_digest(message.text);
  if (!digest) return false;
  const std::string name(message.subject);
  const auto entry = topics_.find(name);
  if (entry == topics_.end()) return true;
  Copy* copy = copy_of(entry->second, message.from);
  if (copy != nullptr) take(name, message.from, copy->replica.compare(*digest), {});
  return true;
}

bool StateCopies::state_came(const Message& message) {
  auto state = read_state(message.text);
  if (!state || state->part.entries.size() * state->part.parts > 2 * max_entries) return false;
  const auto entry = topics_.find(state->topic);
  if (entry == topics_.end()) return true;
  Copy* copy = copy_of(entry->second, message.from);
  if (copy == nullptr) return true;
  const std::size_t before = copy->replica.entries().size();
  Changes changed;
  const auto outcome = copy->replica.add(std::move(state->part), changed);
  note_size(*copy, before);
  if (outcome == Replica::Outcome::gap) {
    asks_.expect(message.from, state->topic);  // its other parts
    tell(state->topic, message.from, changed);
  } else {
    take(state->topic, message.from, outcome, changed);
  }
  return true;
}

bool StateCopies::answer_came(const Message& message) {
  const auto answer = read_answer(message.text);
  if (!answer) return false;
  const auto entry = flights_.find(answer->ask);
  if (entry == flights_.end()) return true;
  const Flight flight = entry->second;  // the next may end it
  std::vector<const Digest*> owned(flight.topics.size(), nullptr);
  for (const auto& [place, digest] : answer->owned) {
    if (place >= owned.size()) return false;
    owned[place] = &digest;
  }
  for (std::size_t place = 0; place < owned.size(); ++place) {
    take_answer(flight.topics[place], message, *answer, owned[place], flight.want);
  }
  return true;
}

void StateCopies::take_answer(const std::string& topic, const Message& message, const Answer& answer,
                              const Digest* owned, Want want) {
  const auto entry = topics_.find(topic);
  if (entry == topics_.end()) return;
  Copy* copy = copy_of(entry->second, message.from);
  if (copy == nullptr) return;
  if (owned == nullptr) {
    const std::size_t before = copy->replica.entries().size();
    Changes changed;
    copy->replica.clear(answer.counter, changed);
    note_size(*copy, before);
    return take(topic, message.from, Replica::Outcome::current, changed);
  }
  const auto outcome = copy->replica.compare(*owned);
  if (outcome != Replica::Outcome::gap) return take(topic, message.from, outcome, {});
  if (want == Want::state) {
    asks_.expect(message.from, topic);
  } else {
    asks_.request(message.from, topic, Want::state, random_up_to(2));
  }
}

// What came of a message about a copy.
void StateCopies::take(const std::string& name, const kernel::Uuid& node, Replica::Outcome outcome,
                       const Changes& changed) {
  Topic& topic = topics_.at(name);
  if (outcome == Replica::Outcome::current) {
    topic.copies.at(node).confirmed = ticks_;
    topic.awaited.erase(node);
    asks_.answered(node, name);
  } else if (outcome == Replica::Outcome::gap && !topic.awaited.contains(node)) {
    if (!asks_.is_under_way(node, name)) repairs_counter_.add();
    asks_.request(node, name, Want::state, random_up_to(2));
  }
  tell(name, node, changed);
  tell_if_synced(name);
}

void StateCopies::note_size(const Copy& copy, std::size_t before) {
  entries_gauge_.add(static_cast<std::int64_t>(copy.replica.entries().size()) - static_cast<std::int64_t>(before));
}

// A listener may do anything: the topic may be another before the last change is told.
void StateCopies::tell(const std::string& name, const kernel::Uuid& node, const Changes& changed) {
  const auto held = topics_.find(name);
  if (held == topics_.end()) return;
  const std::uint64_t life = held->second.life;
  for (const auto& [key, value] : changed) {
    const auto topic = topics_.find(name);
    if (topic == topics_.end() || topic->second.life != life) return;
    topic->second.listener->changed(name, node, key, value);
  }
}

void StateCopies::drop_copies(const kernel::Uuid& node) {
  std::vector<std::pair<std::string, Changes>> gone;
  for (auto& [name, topic] : topics_) {
    const auto copy = topic.copies.find(node);
    if (copy == topic.copies.end()) continue;
    Changes changes;
    for (const auto& [key, value] : copy->second.replica.entries().all()) changes.emplace(key, std::nullopt);
    entries_gauge_.add(-static_cast<std::int64_t>(changes.size()));
    topic.copies.erase(copy);
    gone.emplace_back(name, std::move(changes));
  }
  for (const auto& [name, changes] : gone) tell(name, node, changes);
}

}  // namespace orbit::cluster
