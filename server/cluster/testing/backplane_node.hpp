// BackplaneNode: a backplane with a realtime thread of its own, and what it was told, for tests against real servers.
// Belongs to the test's thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "cluster/backplane_factory.hpp"
#include "cluster/testing/thread_scheduler.hpp"

namespace orbit::cluster {

class BackplaneNode final : BackplaneListener {
 public:
  static constexpr std::chrono::seconds patience{20};

  struct Heard {
    std::vector<std::pair<std::string, std::string>> messages;  // subject, message
    std::vector<std::string> subscribed;
    int connected = 0;
    int disconnected = 0;
    int lost = 0;
    std::string reason;  // of the latest `disconnected`
  };

  explicit BackplaneNode(std::string_view url) {
    auto made = make_backplane(url, "", scheduler_, metrics_);
    if (!made) throw std::runtime_error(made.error().message);
    backplane_ = std::move(*made);
    scheduler_.run([this] { backplane_->start(*this); });
  }
  BackplaneNode(const BackplaneNode&) = delete;
  BackplaneNode& operator=(const BackplaneNode&) = delete;
  ~BackplaneNode() override { destroy(); }

  void destroy() {
    scheduler_.run([this] { backplane_.reset(); });
  }

  void publish(std::string_view subject, std::string_view message) {
    scheduler_.run([&] { backplane_->publish(subject, message); });
  }
  void subscribe(std::string_view subject) {
    scheduler_.run([&] { backplane_->subscribe(subject); });
  }
  void unsubscribe(std::string_view subject) {
    scheduler_.run([&] { backplane_->unsubscribe(subject); });
  }
  /// All in one turn of the realtime thread.
  template <class Function>
  void run(Function function) {
    scheduler_.run([&] { function(*backplane_); });
  }

  /// Whether it comes to that within `within`.
  template <class Condition>
  [[nodiscard]] bool comes_to(Condition condition, std::chrono::milliseconds within = patience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, within, [&] { return condition(std::as_const(heard_)); });
  }

  [[nodiscard]] Heard heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  void forget_messages() {
    const std::lock_guard lock(mutex_);
    heard_.messages.clear();
  }

  [[nodiscard]] kernel::MetricsRegistry& metrics() { return metrics_; }
  [[nodiscard]] std::size_t max_message() { return backplane_->max_message(); }

 private:
  template <class Change>
  void note(Change change) {
    {
      const std::lock_guard lock(mutex_);
      change(heard_);
    }
    changed_.notify_all();
  }

  void received(std::string_view subject, std::string_view message) override {
    note([&](Heard& heard) { heard.messages.emplace_back(subject, message); });
  }
  void subscribed(std::string_view subject) override {
    note([&](Heard& heard) { heard.subscribed.emplace_back(subject); });
  }
  void connected() override {
    note([](Heard& heard) { ++heard.connected; });
  }
  void disconnected(std::string_view reason) override {
    note([&](Heard& heard) {
      ++heard.disconnected;
      heard.reason = reason;
    });
  }
  void messages_lost() override {
    note([](Heard& heard) { ++heard.lost; });
  }

  std::mutex mutex_;  // protects heard_
  std::condition_variable changed_;
  Heard heard_;
  kernel::MetricsRegistry metrics_;
  std::unique_ptr<Backplane> backplane_;
  ThreadScheduler scheduler_;  // ends before what it works on
};

}  // namespace orbit::cluster
