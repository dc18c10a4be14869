// StateCopies, the part that asks: whom, when, and who has answered.
#include <algorithm>

#include "cluster/state_copies.hpp"

namespace orbit::cluster {

using std::chrono::milliseconds;

namespace {

// Of an ask, beside its topics; of an answer, for each of them.
constexpr std::size_t ask_overhead = 80;
constexpr std::size_t answer_overhead = 80;
constexpr std::size_t answer_bytes = 48;

constexpr std::uint64_t flight_ticks = 100;  // an answer that comes later is not understood any more

}  // namespace

std::uint64_t StateCopies::random_up_to(std::uint64_t most) {
  return std::uniform_int_distribution<std::uint64_t>(0, most)(random_);
}

void StateCopies::connected() {
  asks_ = {};
  for (auto& [name, topic] : topics_) topic.is_older = true;
}

void StateCopies::disconnected() {
  to_ask_all_.clear();
  jittered_.clear();
  std::vector<std::string> names;
  for (auto& [name, topic] : topics_) {
    topic.was_asked = false;
    topic.awaited.clear();
    if (!topic.waiters.empty()) names.push_back(name);
  }
  for (const std::string& name : names) {
    if (const auto entry = topics_.find(name); entry != topics_.end()) stop_waiting(entry->second, false);
  }
}

// Whoever was there before has copies, most of them good: their digests will do.
void StateCopies::subscribed(std::string_view subject) {
  const auto entry = topics_.find(std::string(subject));
  if (entry == topics_.end()) return;
  Topic& topic = entry->second;
  const When when = std::exchange(topic.is_older, false) ? When::jittered : When::now;
  ask_all(entry->first, topic.copies.empty() ? Want::state : Want::digest, when);
}

void StateCopies::messages_lost() {
  is_loss_pending_ = true;
  if (ticks_ >= next_loss_) ask_all_about_all();
}

void StateCopies::ask_all_about_all() {
  is_loss_pending_ = false;
  next_loss_ = ticks_ + loss_ticks;
  for (const auto& [name, topic] : topics_) {
    if (parts_.switchboard.is_heard(name)) ask_all(name, Want::digest, When::jittered);
  }
}

void StateCopies::ask_all(const std::string& name, Want want, When when) {
  Topic& topic = topics_.at(name);
  topic.was_asked = true;
  topic.awaited.clear();
  for (const Peer& peer : parts_.peers.all()) topic.awaited.insert(peer.incarnation);
  auto& asks = when == When::now ? to_ask_all_ : jittered_;
  const auto [ask, is_new] = asks.try_emplace(name, want);
  if (!is_new) ask->second = std::max(ask->second, want);
  if (when == When::now) return start_round();
  if (jitter_timer_ != 0) return;
  const auto most = static_cast<std::uint64_t>(ask_jitter.count());
  jitter_timer_ = parts_.scheduler.after(milliseconds{random_up_to(most)}, [this] {
    jitter_timer_ = 0;
    to_ask_all_.merge(jittered_);
    jittered_.clear();
    start_round();
  });
}

// The first round is sent at the end of the turn; what is wanted soon after it goes together with the next.
void StateCopies::start_round() {
  if (round_timer_ != 0) return;
  round_timer_ = parts_.scheduler.after(milliseconds{0}, [this] { send_asks_to_all(); });
}

void StateCopies::send_asks_to_all() {
  round_timer_ = 0;
  if (to_ask_all_.empty()) return;
  std::map<Want, std::vector<std::string>> topics;
  for (const auto& [name, want] : to_ask_all_) {
    topics[want].push_back(name);
    unanswered_.emplace(ticks_ + answer_ticks + random_up_to(answer_ticks / 2), name);
  }
  to_ask_all_.clear();
  for (const auto& [want, names] : topics) publish_asks(parts_.peers.everyone(), want, names);
  round_timer_ = parts_.scheduler.after(ask_pause, [this] { send_asks_to_all(); });
}

// So many topics in one message that it fits, and its answer, too.
void StateCopies::publish_asks(const std::string& subject, Want want, const std::vector<std::string>& topics) {
  const std::size_t room = parts_.switchboard.max_fields(replication_kind::ask);
  const std::size_t answer_room = parts_.switchboard.max_fields(replication_kind::answer);
  const std::size_t most = std::clamp<std::size_t>(
      (answer_room - std::min(answer_room, answer_overhead)) / answer_bytes, 1, max_topics_of_ask);
  Ask ask;
  std::size_t bytes = 0;
  const auto send = [&] {
    ask.id = ++last_ask_;
    ask.want = want;
    asks_counter_.add(static_cast<std::int64_t>(ask.topics.size()));
    parts_.switchboard.publish(subject, replication_kind::ask, fields_of(ask));
    flights_.emplace(ask.id, Flight{ticks_, want, std::exchange(ask.topics, {})});
    bytes = 0;
  };
  for (const std::string& topic : topics) {
    const std::size_t more = json_size(topic) + 1;
    if (!ask.topics.empty() && (ask.topics.size() >= most || ask_overhead + bytes + more > room)) send();
    ask.topics.push_back(topic);
    bytes += more;
  }
  if (!ask.topics.empty()) send();
}

void StateCopies::send_due_asks() {
  std::map<std::pair<kernel::Uuid, Want>, std::vector<std::string>> batches;
  for (auto& due : asks_.take_due()) {
    if (due.is_again) asks_again_counter_.add();
    batches[{due.node, due.want}].push_back(std::move(due.topic));
  }
  for (const auto& [to, topics] : batches) publish_asks(parts_.subjects.node(to.first), to.second, topics);
}

void StateCopies::ask_who_did_not_answer() {
  while (!unanswered_.empty() && unanswered_.begin()->first <= ticks_) {
    const std::string name = unanswered_.begin()->second;
    unanswered_.erase(unanswered_.begin());
    const auto entry = topics_.find(name);
    if (entry == topics_.end()) continue;
    for (const kernel::Uuid& node : entry->second.awaited) {
      if (asks_.is_under_way(node, name)) continue;
      asks_again_counter_.add();
      asks_.request(node, name, Want::state, random_up_to(3));
    }
  }
}

// What its owner gave up, or forgot in a new life, it sends no digests of.
void StateCopies::ask_for_digests_long_unheard() {
  constexpr std::size_t turn_ticks = 300;
  for (std::size_t count = (topics_.size() + turn_ticks - 1) / turn_ticks; count > 0; --count) {
    auto next = topics_.upper_bound(turn_);
    if (next == topics_.end()) next = topics_.begin();
    turn_ = next->first;
    for (const auto& [node, copy] : next->second.copies) {
      if (copy.replica.entries().empty() || copy.confirmed + confirmation_ticks > ticks_) continue;
      asks_.request(node, turn_, Want::digest, random_up_to(answer_ticks));
    }
  }
}

void StateCopies::tick() {
  ++ticks_;
  if (is_loss_pending_ && ticks_ >= next_loss_) ask_all_about_all();
  ask_who_did_not_answer();
  ask_for_digests_long_unheard();
  send_due_asks();
  while (!flights_.empty() && flights_.begin()->second.tick + flight_ticks < ticks_) flights_.erase(flights_.begin());
}

// One that comes later than the others tells what it owns as it begins to own it. If it was here before, it has told
// already, and this node has forgotten it.
void StateCopies::came(const kernel::Uuid& peer) {
  if (parts_.peers.is_settled()) {
    parts_.switchboard.publish(parts_.subjects.node(peer), replication_kind::digests, "");
    return;
  }
  for (auto& [name, topic] : topics_) {
    if (!topic.was_asked) continue;
    topic.awaited.insert(peer);
    unanswered_.emplace(ticks_ + answer_ticks, name);
  }
}

void StateCopies::went(const kernel::Uuid& peer, Departure how) {
  asks_.forget(peer);
  std::vector<std::string> names;
  for (auto& [name, topic] : topics_) {
    if (topic.awaited.erase(peer) > 0) names.push_back(name);
  }
  if (how == Departure::lease || grace_.count() == 0) {
    drop_copies(peer);
  } else {
    departing_[peer] = parts_.scheduler.after(grace_, [this, peer] {
      departing_.erase(peer);
      drop_copies(peer);
    });
  }
  for (const std::string& name : names) tell_if_synced(name);
}

void StateCopies::settled() {
  std::vector<std::string> names;
  for (const auto& [name, topic] : topics_) {
    if (!topic.waiters.empty()) names.push_back(name);
  }
  for (const std::string& name : names) tell_if_synced(name);
}

bool StateCopies::is_synced(const std::string& name, const Topic& topic) const {
  return topic.was_asked && topic.awaited.empty() && parts_.peers.is_settled() && parts_.switchboard.is_heard(name);
}

void StateCopies::tell_if_synced(const std::string& name) {
  const auto entry = topics_.find(name);
  if (entry == topics_.end() || entry->second.waiters.empty() || !is_synced(name, entry->second)) return;
  stop_waiting(entry->second, true);
}

void StateCopies::stop_waiting(Topic& topic, bool synced) {
  for (auto& [id, waiter] : std::exchange(topic.waiters, {})) {
    parts_.scheduler.cancel(waiter.timer);
    waiter.callback(synced);
  }
}

void StateCopies::when_synced(const std::string& name, milliseconds timeout, std::function<void(bool)> callback) {
  const auto entry = topics_.find(name);
  if (entry == topics_.end() || !parts_.switchboard.is_connected()) return callback(false);
  if (is_synced(name, entry->second)) return callback(true);
  const std::uint64_t id = ++last_waiter_;
  const kernel::TimerId timer = parts_.scheduler.after(timeout, [this, name, id] {
    const auto topic = topics_.find(name);
    if (topic == topics_.end()) return;
    auto waiter = topic->second.waiters.extract(id);
    if (!waiter.empty()) waiter.mapped().callback(false);
  });
  entry->second.waiters.emplace(id, Waiter{timer, std::move(callback)});
}

}  // namespace orbit::cluster
