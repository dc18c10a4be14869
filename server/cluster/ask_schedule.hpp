// AskSchedule: which node is to be asked for which topic, and when: each pair at most once at a time, again with
// growing pauses while no answer comes, and not at once again after one. Counts time in ticks that it is told. Plain
// data, of the realtime thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "cluster/replication_messages.hpp"
#include "kernel/id.hpp"

namespace orbit::cluster {

class AskSchedule {
 public:
  using Tick = std::uint64_t;

  /// Ticks from an ask to the next, which doubles each time; from an answer to the next ask.
  static constexpr Tick first_pause = 10;
  static constexpr int doublings = 4;
  static constexpr Tick rest = 3;

  struct Due {
    kernel::Uuid node;
    std::string topic;
    Want want = Want::state;
    bool is_again = false;  // nothing came of the last one
  };

  /// Asks for it `delay` ticks from now, unless that is under way.
  void request(const kernel::Uuid& node, const std::string& topic, Want want, Tick delay);

  /// The node was asked otherwise, or said that a state follows: asks again if it doesn't come.
  void expect(const kernel::Uuid& node, const std::string& topic);

  void answered(const kernel::Uuid& node, const std::string& topic);

  [[nodiscard]] bool is_under_way(const kernel::Uuid& node, const std::string& topic) const;

  void forget(const kernel::Uuid& node);
  void forget(const std::string& topic);

  /// What is to be asked now. Each call is one tick.
  [[nodiscard]] std::vector<Due> take_due();

  [[nodiscard]] std::size_t size() const { return asks_.size(); }

 private:
  using Key = std::pair<std::string, kernel::Uuid>;
  enum class Step { waiting, asked, resting };
  struct State {
    Step step = Step::waiting;
    Want want = Want::state;
    int times = 0;
    Tick due = 0;
  };

  void set_due(const Key& key, State& state, Tick due);
  void erase(std::map<Key, State>::iterator ask);
  [[nodiscard]] Tick pause_after(const State& state) const;

  Tick now_ = 0;
  std::map<Key, State> asks_;
  std::set<std::pair<Tick, Key>> due_;
};

}  // namespace orbit::cluster
