// StateCopies: what other nodes own of the topics that this one holds, as far as it has been told: asks their owners
// for what it lacks. Belongs to the realtime thread; a part of ReplicatedState.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "cluster/ask_schedule.hpp"
#include "cluster/peers.hpp"
#include "cluster/subjects.hpp"

namespace orbit::cluster {

class TopicListener {
 public:
  virtual ~TopicListener() = default;

  /// What another node owns of the topic is different now; nullopt: the key is gone. Not after the topic's release.
  virtual void changed(const std::string& topic, const kernel::Uuid& node, const std::string& key,
                       const std::optional<std::string>& value) = 0;
};

class StateCopies final : ConnectionListener, PeerListener {
 public:
  struct Parts {
    Switchboard& switchboard;
    Peers& peers;
    kernel::Scheduler& scheduler;
    const Subjects& subjects;
  };

  static constexpr std::size_t max_entries = 200'000;          // of one node in one topic
  static constexpr std::chrono::milliseconds ask_pause{20};    // between two rounds of asks to all
  static constexpr std::chrono::milliseconds ask_jitter{500};  // when connected anew, as others may be
  static constexpr std::uint64_t answer_ticks = 10;            // until whoever did not answer is asked alone
  static constexpr std::uint64_t loss_ticks = 50;              // between two times that all is asked for again
  static constexpr std::uint64_t confirmation_ticks = 900;     // without a digest, until its owner is asked for it

  /// `grace`: how long what a node owned that said farewell is kept.
  StateCopies(const Parts& parts, std::chrono::milliseconds grace, kernel::MetricsRegistry& metrics);
  StateCopies(const StateCopies&) = delete;
  StateCopies& operator=(const StateCopies&) = delete;
  ~StateCopies() override;

  void hold(const std::string& topic, TopicListener& listener);
  void release(const std::string& topic);
  [[nodiscard]] bool holds(const std::string& topic) const { return topics_.contains(topic); }

  /// See ReplicatedState.
  void when_synced(const std::string& topic, std::chrono::milliseconds timeout, std::function<void(bool)> callback);
  using Visitor = std::function<void(const kernel::Uuid& node, const std::string& key, const std::string& value)>;
  void visit(const std::string& topic, const Visitor& visitor) const;

  /// A tenth of a second has passed.
  void tick();

 private:
  struct Copy {
    Replica replica;
    std::uint64_t confirmed = 0;  // the tick in which it was last known to be as its owner's
  };
  struct Waiter {
    kernel::TimerId timer = 0;
    std::function<void(bool)> callback;
  };
  struct Topic {
    TopicListener* listener = nullptr;
    std::uint64_t life = 0;  // another each time that it is held
    std::map<kernel::Uuid, Copy> copies;
    bool is_older = false;           // than the connection
    bool was_asked = false;          // in this connection
    std::set<kernel::Uuid> awaited;  // who has not answered since
    std::map<std::uint64_t, Waiter> waiters;
  };
  using Topics = std::map<std::string, Topic>;
  struct Flight {
    std::uint64_t tick = 0;
    Want want = Want::state;
    std::vector<std::string> topics;
  };

  void connected() override;
  void disconnected() override;
  void messages_lost() override;
  void subscribed(std::string_view subject) override;
  void settled() override;
  void came(const kernel::Uuid& peer) override;
  void went(const kernel::Uuid& peer, Departure how) override;

  bool delta_came(const Message& message);
  bool digest_came(const Message& message);
  bool answer_came(const Message& message);
  bool state_came(const Message& message);
  Copy* copy_of(Topic& topic, const kernel::Uuid& node);
  void take(const std::string& topic, const kernel::Uuid& node, Replica::Outcome outcome, const Changes& changed);
  void take_answer(const std::string& topic, const Message& message, const Answer& answer, const Digest* owned,
                   Want want);
  void drop_copies(const kernel::Uuid& node);
  void note_size(const Copy& copy, std::size_t before);
  void tell(const std::string& topic, const kernel::Uuid& node, const Changes& changed);

  enum class When { now, jittered };
  void ask_all(const std::string& topic, Want want, When when);
  void ask_all_about_all();
  void start_round();
  void send_asks_to_all();
  void send_due_asks();
  void publish_asks(const std::string& subject, Want want, const std::vector<std::string>& topics);
  void ask_who_did_not_answer();
  void ask_for_digests_long_unheard();

  [[nodiscard]] bool is_synced(const std::string& name, const Topic& topic) const;
  void tell_if_synced(const std::string& name);
  void stop_waiting(Topic& topic, bool synced);
  [[nodiscard]] std::uint64_t random_up_to(std::uint64_t most);

  Parts parts_;
  const std::chrono::milliseconds grace_;
  const std::string own_subject_;
  kernel::Metric& topics_gauge_;
  kernel::Metric& entries_gauge_;
  kernel::Metric& asks_counter_;
  kernel::Metric& asks_again_counter_;
  kernel::Metric& repairs_counter_;
  Topics topics_;
  std::uint64_t ticks_ = 0;
  std::uint64_t last_life_ = 0;
  std::uint64_t last_waiter_ = 0;
  std::uint64_t last_ask_ = 0;
  AskSchedule asks_;
  std::map<std::string, Want> to_ask_all_;  // topics of which all are to be asked with the next round
  std::map<std::string, Want> jittered_;    // topics that join it later
  kernel::TimerId round_timer_ = 0;
  kernel::TimerId jitter_timer_ = 0;
  std::map<std::uint64_t, Flight> flights_;                     // asks that may be answered yet, by id
  std::set<std::pair<std::uint64_t, std::string>> unanswered_;  // topics, by when to look who has not answered
  std::uint64_t next_loss_ = 0;                                 // the tick from which all may be asked for again
  bool is_loss_pending_ = false;
  std::string turn_;  // the topic that was looked at last, for digests long unheard
  std::map<kernel::Uuid, kernel::TimerId> departing_;
  std::mt19937 random_;
};

}  // namespace orbit::cluster
