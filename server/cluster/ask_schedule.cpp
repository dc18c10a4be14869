#include "cluster/ask_schedule.hpp"

#include <algorithm>

namespace orbit::cluster {

void AskSchedule::set_due(const Key& key, State& state, Tick due) {
  due_.erase({state.due, key});
  state.due = due;
  due_.emplace(due, key);
}

AskSchedule::Tick AskSchedule::pause_after(const State& state) const {
  return first_pause << std::clamp(state.times - 1, 0, doublings);
}

void AskSchedule::request(const kernel::Uuid& node, const std::string& topic, Want want, Tick delay) {
  const Key key{topic, node};
  const auto [entry, is_new] = asks_.try_emplace(key);
  State& state = entry->second;
  if (is_new) {
    state.want = want;
    return set_due(key, state, now_ + delay);
  }
  switch (state.step) {
    case Step::waiting:
      state.want = std::max(state.want, want);
      return set_due(key, state, std::min(state.due, now_ + delay));
    case Step::asked:
      if (state.want >= want) return;
      state.want = want;
      state.step = Step::waiting;
      return set_due(key, state, now_ + delay);
    case Step::resting:
      state = {Step::waiting, want, 0, state.due};
      return set_due(key, state, std::max(state.due, now_ + delay));
  }
}

void AskSchedule::expect(const kernel::Uuid& node, const std::string& topic) {
  const Key key{topic, node};
  State& state = asks_[key];
  state.step = Step::asked;
  state.want = Want::state;
  state.times = std::max(state.times, 1);
  set_due(key, state, now_ + pause_after(state));
}

void AskSchedule::answered(const kernel::Uuid& node, const std::string& topic) {
  const auto ask = asks_.find({topic, node});
  if (ask == asks_.end()) return;
  ask->second.step = Step::resting;
  set_due(ask->first, ask->second, now_ + rest);
}

bool AskSchedule::is_under_way(const kernel::Uuid& node, const std::string& topic) const {
  const auto ask = asks_.find({topic, node});
  return ask != asks_.end() && ask->second.step != Step::resting;
}

void AskSchedule::erase(std::map<Key, State>::iterator ask) {
  due_.erase({ask->second.due, ask->first});
  asks_.erase(ask);
}

void AskSchedule::forget(const kernel::Uuid& node) {
  for (auto ask = asks_.begin(); ask != asks_.end();) {
    const auto next = std::next(ask);
    if (ask->first.second == node) erase(ask);
    ask = next;
  }
}

void AskSchedule::forget(const std::string& topic) {
  for (auto ask = asks_.lower_bound({topic, kernel::Uuid{}}); ask != asks_.end() && ask->first.first == topic;) {
    const auto next = std::next(ask);
    erase(ask);
    ask = next;
  }
}

std::vector<AskSchedule::Due> AskSchedule::take_due() {
  ++now_;
  std::vector<Due> out;
  while (!due_.empty() && due_.begin()->first <= now_) {
    const auto ask = asks_.find(due_.begin()->second);
    State& state = ask->second;
    if (state.step == Step::resting) {
      erase(ask);
      continue;
    }
    out.push_back({ask->first.second, ask->first.first, state.want, state.step == Step::asked});
    state.step = Step::asked;
    ++state.times;
    set_due(ask->first, state, now_ + pause_after(state));
  }
  return out;
}

}  // namespace orbit::cluster
