// SimulatedNetwork: a broker in memory, and the backplanes of several nodes on it, for tests that need no time and no
// sockets. What a test breaks, it breaks on purpose. Belongs to the test's thread; what a node hears comes as tasks of
// that node's own scheduler, so a node whose scheduler stands still is a process that was stopped.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cluster/backplane.hpp"
#include "kernel/scheduler.hpp"

namespace orbit::cluster {

class SimulatedBackplane;

class SimulatedNetwork {
 public:
  struct Delivery {
    const SimulatedBackplane& from;
    const SimulatedBackplane& to;
    std::string_view subject;
    std::string_view message;
  };

  explicit SimulatedNetwork(std::size_t max_message = 64 * 1'024) : max_message_(max_message) {}

  /// Of messages to other nodes than the one that publishes: the next `count` are lost.
  void drop_next(std::size_t count = 1) { to_drop_ = count; }
  /// Every `nth` of them; 0 for none.
  void drop_each(std::size_t nth) { drop_each_ = nth; }
  /// Those for which it is true; a node's own messages to itself included. nullptr for none.
  void drop_if(std::function<bool(const Delivery&)> lost) { lost_ = std::move(lost); }

  /// On a node's own clock, from publishing to receiving, and from subscribing to being subscribed.
  void set_delay(std::chrono::milliseconds delay) { delay_ = delay; }

  void set_max_message(std::size_t bytes) { max_message_ = bytes; }

  /// Sees each message as it is published, whoever it reaches.
  void watch(std::function<void(std::string_view subject, std::string_view message)> watcher) {
    watcher_ = std::move(watcher);
  }

  [[nodiscard]] std::size_t published() const { return published_; }
  [[nodiscard]] std::size_t published_bytes() const { return published_bytes_; }
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  friend class SimulatedBackplane;

  void publish(const SimulatedBackplane& from, std::string_view subject, std::string_view message);
  bool is_lost(const Delivery& delivery);

  std::size_t max_message_;
  std::chrono::milliseconds delay_{0};
  std::size_t to_drop_ = 0;
  std::size_t drop_each_ = 0;
  std::size_t counted_ = 0;
  std::function<bool(const Delivery&)> lost_;
  std::function<void(std::string_view, std::string_view)> watcher_;
  std::size_t published_ = 0;
  std::size_t published_bytes_ = 0;
  std::size_t dropped_ = 0;
  std::vector<SimulatedBackplane*> nodes_;
};

/// Destroying one is its process being killed. The network and the scheduler outlive it.
class SimulatedBackplane final : public Backplane {
 public:
  SimulatedBackplane(SimulatedNetwork& network, kernel::Scheduler& scheduler)
      : network_(network), scheduler_(scheduler) {
    network_.nodes_.push_back(this);
  }
  SimulatedBackplane(const SimulatedBackplane&) = delete;
  SimulatedBackplane& operator=(const SimulatedBackplane&) = delete;
  ~SimulatedBackplane() override { std::erase(network_.nodes_, this); }

  void start(BackplaneListener& listener) override {
    if (listener_ != nullptr) throw std::logic_error("started twice");
    listener_ = &listener;
    if (reachable_) {
      connect();
    } else {
      soon([this] { listener_->disconnected("simulated"); });
    }
  }

  void publish(std::string_view subject, std::string_view message) override {
    check(subject);
    if (message.size() > network_.max_message_) throw std::logic_error("a message of more than max_message()");
    if (message.contains('\0')) throw std::logic_error("a message with NUL");
    if (connected_) network_.publish(*this, subject, message);
  }

  void subscribe(std::string_view subject) override {
    check(subject);
    if (wanted_.emplace(subject).second && connected_) make(std::string(subject));
  }

  void unsubscribe(std::string_view subject) override {
    wanted_.erase(std::string(subject));
    made_.erase(std::string(subject));
  }

  [[nodiscard]] std::size_t max_message() const override { return network_.max_message_; }
  [[nodiscard]] std::string_view kind() const override { return "simulated"; }

  /// The broker is out of this node's reach: what is under way to it is lost.
  void cut() {
    reachable_ = false;
    if (!connected_) return;
    connected_ = false;
    ++connection_;
    ++inbox_life_;
    made_.clear();
    inbox_.clear();
    soon([this] { listener_->disconnected("simulated"); });
  }

  void heal() {
    if (reachable_) return;
    reachable_ = true;
    if (listener_ != nullptr) connect();
  }

  /// What is under way to this node is lost, and it is told so.
  void lose_messages() {
    ++inbox_life_;
    inbox_.clear();
    soon([this] { listener_->messages_lost(); });
  }

  [[nodiscard]] const std::set<std::string>& subscriptions() const { return wanted_; }

 private:
  friend class SimulatedNetwork;

  struct Message {
    std::string subject;
    std::string text;
  };

  static void check(std::string_view subject) {
    const bool allowed = !subject.empty() && subject.size() <= 400 && std::ranges::all_of(subject, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '_' || c == '.' || c == '-';
    });
    if (!allowed) throw std::logic_error("not a subject: " + std::string(subject));
  }

  void connect() {
    connected_ = true;
    soon([this] { listener_->connected(); });
    for (const std::string& subject : wanted_) make(subject);
  }

  void make(const std::string& subject) {
    arrives([this, subject, connection = connection_] {
      if (!connected_ || connection != connection_ || !wanted_.contains(subject)) return;
      made_.insert(subject);
      listener_->subscribed(subject);
    });
  }

  void deliver(std::string_view subject, std::string_view message) {
    inbox_.push_back({std::string(subject), std::string(message)});
    arrives([this, life = inbox_life_] {
      if (life != inbox_life_) return;
      const Message next = std::move(inbox_.front());
      inbox_.pop_front();
      if (wanted_.contains(next.subject)) listener_->received(next.subject, next.text);
    });
  }

  void soon(std::function<void()> task) {
    scheduler_.post([task = std::move(task), alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) task();
    });
  }

  void arrives(std::function<void()> task) {
    if (network_.delay_.count() == 0) return soon(std::move(task));
    scheduler_.after(network_.delay_, [task = std::move(task), alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) task();
    });
  }

  SimulatedNetwork& network_;
  kernel::Scheduler& scheduler_;
  BackplaneListener* listener_ = nullptr;
  bool reachable_ = true;
  bool connected_ = false;
  std::uint64_t connection_ = 0;
  std::uint64_t inbox_life_ = 0;  // rises whenever what is under way is lost
  std::set<std::string> wanted_;
  std::set<std::string> made_;  // of them, those that the broker knows
  std::deque<Message> inbox_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

inline void SimulatedNetwork::publish(const SimulatedBackplane& from, std::string_view subject,
                                      std::string_view message) {
  ++published_;
  published_bytes_ += message.size();
  if (watcher_) watcher_(subject, message);
  for (SimulatedBackplane* to : nodes_) {
    if (!to->connected_ || !to->made_.contains(std::string(subject))) continue;
    if (is_lost({from, *to, subject, message})) {
      ++dropped_;
    } else {
      to->deliver(subject, message);
    }
  }
}

inline bool SimulatedNetwork::is_lost(const Delivery& delivery) {
  if (lost_ && lost_(delivery)) return true;
  if (&delivery.from == &delivery.to) return false;
  if (to_drop_ > 0) {
    --to_drop_;
    return true;
  }
  return drop_each_ != 0 && ++counted_ % drop_each_ == 0;
}

}  // namespace orbit::cluster
