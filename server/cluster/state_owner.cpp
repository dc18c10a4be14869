#include "cluster/state_owner.hpp"

#include <algorithm>

namespace orbit::cluster {

namespace {

// All digests at most so often, however many ask for them.
constexpr std::uint64_t tell_all_ticks = 20;
constexpr std::uint64_t tell_all_jitter = 5;
constexpr std::uint64_t tell_all_delay = 5;

}  // namespace

StateOwner::StateOwner(Switchboard& switchboard, kernel::Scheduler& scheduler, const Subjects& subjects,
                       kernel::MetricsRegistry& metrics)
    : switchboard_(switchboard),
      scheduler_(scheduler),
      subjects_(subjects),
      entries_gauge_(metrics.gauge("orbit_cluster_entries", "Entries of replicated state, by whose they are",
                                   {{"of", "this_node"}})),
      refused_counter_(metrics.counter("orbit_cluster_entries_refused_total",
                                       "Entries of this node that others are not told of, beyond a limit")),
      pacer_(scheduler, metrics.counter("orbit_cluster_answers_dropped_total",
                                        "States and digests that were not sent, there being too many to send")),
      random_(std::random_device{}()) {
  switchboard_.handle(std::string(replication_kind::ask), [this](const Message& message) { return ask_came(message); });
  switchboard_.handle(std::string(replication_kind::digests), [this](const Message&) {
    tell_digests_soon();
    return true;
  });
}

StateOwner::~StateOwner() { scheduler_.cancel(flush_timer_); }

void StateOwner::hold(const std::string& topic) { topics_.try_emplace(topic); }

void StateOwner::release(const std::string& topic) {
  const auto entry = topics_.find(topic);
  if (entry == topics_.end()) return;
  entry->second.state.clear();
  flush(topic, entry->second);
  topics_.erase(entry);
  unsaid_.erase(topic);
}

bool StateOwner::put(const std::string& topic, std::string_view key, std::string value) {
  const auto entry = topics_.find(topic);
  if (entry == topics_.end()) return false;
  OwnState& state = entry->second.state;
  const std::size_t bytes = fields_overhead + json_size(topic) + json_size(key) + json_size(value);
  const bool fits = key.size() <= max_key && value.size() <= max_value &&
                    bytes <= switchboard_.max_fields(replication_kind::state) &&
                    (state.size() < max_entries || state.contains(key));
  if (!fits) {
    refused_counter_.add();
    return false;
  }
  state.change(key, std::move(value));
  note_change(topic);
  return true;
}

void StateOwner::erase(const std::string& topic, std::string_view key) {
  const auto entry = topics_.find(topic);
  if (entry == topics_.end()) return;
  entry->second.state.change(key, std::nullopt);
  note_change(topic);
}

// The first change leaves at the end of the turn, those that follow together.
void StateOwner::note_change(const std::string& topic) {
  unsaid_.insert(topic);
  if (flush_timer_ != 0) return;
  flush_timer_ = scheduler_.after(std::chrono::milliseconds{0}, [this] { flush(); });
}

void StateOwner::flush() {
  flush_timer_ = 0;
  if (unsaid_.empty()) return;
  for (const std::string& name : std::exchange(unsaid_, {})) flush(name, topics_.at(name));
  flush_timer_ = scheduler_.after(batch, [this] { flush(); });
}

void StateOwner::flush(const std::string& name, Topic& topic) {
  if (!topic.state.has_news()) return;
  const auto before = static_cast<std::int64_t>(topic.state.told().size());
  const std::size_t room = switchboard_.max_fields(replication_kind::delta);
  for (const Delta& delta : topic.state.take_news(counter_, room - std::min(room, fields_overhead))) {
    switchboard_.publish(name, replication_kind::delta, fields_of(delta));
  }
  entries_gauge_.add(static_cast<std::int64_t>(topic.state.told().size()) - before);
  topic.changed = ticks_;
  if (std::exchange(topic.is_resting, false)) resting_.emplace(ticks_ + resting_ticks, name);
}

void StateOwner::tick() {
  ++ticks_;
  send_resting_digests();
  send_digests_in_turn();
  if (tell_all_ == 0 || ticks_ < tell_all_) return;
  tell_all_ = 0;
  told_all_ = ticks_;
  for (const auto& [name, topic] : topics_) {
    if (!topic.state.told().empty()) pacer_.run([this, topic_name = name] { send_digest(topic_name); });
  }
}

void StateOwner::send_resting_digests() {
  while (!resting_.empty() && resting_.begin()->first <= ticks_) {
    const auto [due, name] = *resting_.begin();
    resting_.erase(resting_.begin());
    const auto entry = topics_.find(name);
    if (entry == topics_.end()) continue;
    Topic& topic = entry->second;
    if (topic.changed + resting_ticks > ticks_) {
      resting_.emplace(topic.changed + resting_ticks, name);
    } else if (!std::exchange(topic.is_resting, true)) {
      pacer_.run([this, topic_name = name] { send_digest(topic_name); });
    }
  }
}

// Spread evenly: in each tick so many that in `digest_ticks` it is each one's turn.
void StateOwner::send_digests_in_turn() {
  std::size_t count = (topics_.size() + digest_ticks - 1) / digest_ticks;
  // A few topics take turns no faster than many.
  if (topics_.size() < digest_ticks && ticks_ % (digest_ticks / std::max<std::size_t>(topics_.size(), 1)) != 0) return;
  for (; count > 0; --count) {
    auto next = topics_.upper_bound(turn_);
    if (next == topics_.end()) next = topics_.begin();
    turn_ = next->first;
    if (next->second.state.digest().counter > 0) pacer_.run([this, name = turn_] { send_digest(name); });
  }
}

void StateOwner::tell_digests_soon() {
  if (tell_all_ != 0) return;
  const auto jitter = std::uniform_int_distribution<std::uint64_t>(0, tell_all_jitter)(random_);
  const std::uint64_t earliest = told_all_ == 0 ? 0 : told_all_ + tell_all_ticks;
  tell_all_ = std::max(earliest, ticks_ + tell_all_delay + jitter);
}

// As it is when it leaves: what is unsaid by then goes first.
void StateOwner::send_digest(const std::string& name) {
  const auto entry = topics_.find(name);
  if (entry == topics_.end()) return;
  flush(name, entry->second);
  switchboard_.publish(name, replication_kind::digest, fields_of(entry->second.state.digest()));
}

bool StateOwner::ask_came(const Message& message) {
  const auto ask = read_ask(message.text);
  if (!ask) return false;
  const std::string asker = subjects_.node(message.from);
  Answer answer{ask->id, 0, {}};
  for (std::size_t place = 0; place < ask->topics.size(); ++place) {
    const auto entry = topics_.find(ask->topics[place]);
    if (entry == topics_.end()) continue;
    flush(entry->first, entry->second);
    if (!entry->second.state.told().empty()) answer.owned.push_back({place, entry->second.state.digest()});
  }
  answer.counter = counter_;
  switchboard_.publish(asker, replication_kind::answer, fields_of(answer));
  if (ask->want == Want::digest) return true;
  for (const auto& owned : answer.owned) send_state(asker, ask->topics[owned.topic]);
  return true;
}

void StateOwner::send_state(const std::string& subject, const std::string& name) {
  const OwnState& state = topics_.at(name).state;
  const std::size_t room = switchboard_.max_fields(replication_kind::state);
  for (std::string& fields : state_fields(name, state.told(), state.digest(), room)) {
    pacer_.run(
        [this, subject, part = std::move(fields)] { switchboard_.publish(subject, replication_kind::state, part); });
  }
}

}  // namespace orbit::cluster
