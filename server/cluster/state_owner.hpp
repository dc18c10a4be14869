// StateOwner: what this node owns of the topics that it holds, and how it tells the others: changes as deltas, then a
// digest once the topic has come to rest, and one of each topic once in a while. Belongs to the realtime thread; a part
// of ReplicatedState.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>

#include "cluster/pacer.hpp"
#include "cluster/replication_messages.hpp"
#include "cluster/subjects.hpp"
#include "cluster/switchboard.hpp"

namespace orbit::cluster {

class StateOwner {
 public:
  static constexpr std::size_t max_entries = 100'000;  // in one topic
  static constexpr std::size_t max_key = 256;          // bytes, as is the next
  static constexpr std::size_t max_value = 2'048;

  static constexpr std::chrono::milliseconds batch{10};  // between two deltas
  static constexpr std::uint64_t resting_ticks = 10;     // without a change, before a topic's digest is sent
  static constexpr std::uint64_t digest_ticks = 300;     // from one digest of a topic at rest to the next

  StateOwner(Switchboard& switchboard, kernel::Scheduler& scheduler, const Subjects& subjects,
             kernel::MetricsRegistry& metrics);
  StateOwner(const StateOwner&) = delete;
  StateOwner& operator=(const StateOwner&) = delete;
  ~StateOwner();

  void hold(const std::string& topic);
  void release(const std::string& topic);  // what it owned of it, it owns no more

  /// False, and nothing changes, where a limit refuses it or the topic isn't held.
  bool put(const std::string& topic, std::string_view key, std::string value);
  void erase(const std::string& topic, std::string_view key);

  /// A tenth of a second has passed.
  void tick();

  /// Others may have missed anything: tells the digest of all that it owns, in a second or so.
  void tell_digests_soon();

 private:
  struct Topic {
    OwnState state;
    std::uint64_t changed = 0;  // the tick of the last delta
    bool is_resting = true;     // nothing to say once it comes to rest
  };

  bool ask_came(const Message& message);
  void send_state(const std::string& subject, const std::string& name);
  void note_change(const std::string& topic);
  void flush();
  void flush(const std::string& name, Topic& topic);
  void send_digest(const std::string& name);
  void send_resting_digests();
  void send_digests_in_turn();

  Switchboard& switchboard_;
  kernel::Scheduler& scheduler_;
  const Subjects& subjects_;
  kernel::Metric& entries_gauge_;
  kernel::Metric& refused_counter_;
  Pacer pacer_;
  std::mt19937 random_;
  std::map<std::string, Topic> topics_;
  std::uint64_t counter_ = 0;  // the last that any delta was given
  std::set<std::string> unsaid_;
  kernel::TimerId flush_timer_ = 0;
  std::uint64_t ticks_ = 0;
  std::set<std::pair<std::uint64_t, std::string>> resting_;  // changed topics, by when they may have come to rest
  std::string turn_;                                         // the topic whose digest was sent last in turn
  std::uint64_t tell_all_ = 0;                               // the tick in which all digests are told; 0: not
  std::uint64_t told_all_ = 0;                               // in which they were last
};

}  // namespace orbit::cluster
