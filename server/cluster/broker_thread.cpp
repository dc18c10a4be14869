#include "cluster/broker_thread.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>

#include "cluster/backoff.hpp"
#include "kernel/thread_name.hpp"

namespace orbit::cluster {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::milliseconds first_wait{100};
constexpr std::chrono::milliseconds longest_wait{5'000};
// A broker that takes connections and ends them at once is waited for longer and longer, too.
constexpr std::chrono::milliseconds proven_after{5'000};
}  // namespace

class BrokerThread::Loop final : LinkListener {
 public:
  Loop(MakeLink make_link, std::shared_ptr<BrokerInbox> inbox, BrokerMetrics& metrics, std::size_t most_bytes)
      : make_link_(std::move(make_link)), inbox_(std::move(inbox)), metrics_(metrics), most_bytes_(most_bytes) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  ~Loop() override {
    asio::post(context_, [this] {
      timer_.cancel();
      link_.reset();
      context_.stop();
    });
    if (thread_.joinable()) thread_.join();
  }

  void start() {
    asio::post(context_, [this] { connect(); });
    thread_ = std::jthread([this] {
      kernel::name_this_thread("broker");
      context_.run();
    });
  }

  void ask(const Call& call) {
    {
      const std::lock_guard lock(mutex_);
      if (call.kind == CallKind::publish && asked_.bytes() >= most_bytes_) {
        metrics_.drop(DropReason::queue_full);
        return;
      }
      const bool must_wake = asked_.is_empty();
      asked_.add(call);
      if (!must_wake) return;
    }
    asio::post(context_, [this] { take_asked(); });
  }

 private:
  void take_asked() {
    {
      const std::lock_guard lock(mutex_);
      std::swap(asked_, taken_);
    }
    while (const auto call = taken_.take()) carry_out(*call);
    taken_.clear();
    if (is_up_) link_->flush();
  }

  void carry_out(const Call& call) {
    switch (call.kind) {
      case CallKind::subscribe:
        subscriptions_.insert_or_assign(std::string(call.subject), call.id);
        if (is_up_) link_->subscribe(call.subject, call.id);
        return;
      case CallKind::unsubscribe:
        subscriptions_.erase(std::string(call.subject));
        if (is_up_) link_->unsubscribe(call.subject);
        return;
      default:
        publish(call);
    }
  }

  void publish(const Call& call) {
    if (!is_up_ || call.id != times_up_) return metrics_.drop(DropReason::disconnected);
    if (link_->queued_bytes() >= most_bytes_) return metrics_.drop(DropReason::queue_full);
    metrics_.published.add();
    metrics_.published_bytes.add(static_cast<std::int64_t>(call.subject.size() + call.message.size()));
    link_->publish(call.subject, call.message);
  }

  void connect() {
    is_ended_ = false;
    link_ = make_link_(context_, *this);
    link_->open();
  }

  void link_up() override {
    is_up_ = true;
    ++times_up_;
    inbox_->add({.kind = CallKind::connected});
    for (const auto& [subject, id] : subscriptions_) {
      if (is_up_) link_->subscribe(subject, id);
    }
    if (!is_up_) return;
    link_->flush();
    timer_.expires_after(proven_after);
    timer_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled && is_up_) backoff_.reset();
    });
  }

  void link_down(std::string_view reason) override {
    if (std::exchange(is_ended_, true)) return;
    if (std::exchange(is_up_, false) || !is_told_) {
      inbox_->add({.kind = CallKind::disconnected, .message = reason});
    } else {
      spdlog::debug("backplane: still out of reach: {}", reason);
    }
    is_told_ = true;
    // The link is still on the stack.
    asio::post(context_, [this] {
      link_.reset();
      timer_.expires_after(backoff_.next(random_));
      timer_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled) connect();
      });
    });
  }

  void subscribed(std::string_view subject, SubscriptionId id) override {
    inbox_->add({.kind = CallKind::subscribed, .id = id, .subject = subject});
  }

  void dropped(DropReason why, std::size_t messages) override {
    metrics_.drop(why, static_cast<std::int64_t>(messages));
  }

  void unwanted() override { metrics_.unwanted.add(); }

  void received(std::string_view subject, std::string_view message) override {
    if (!inbox_->add({.kind = CallKind::received, .subject = subject, .message = message})) {
      metrics_.drop(DropReason::slow);
    }
  }

  void messages_lost() override { inbox_->add({.kind = CallKind::messages_lost}); }

  MakeLink make_link_;
  std::shared_ptr<BrokerInbox> inbox_;
  BrokerMetrics& metrics_;
  const std::size_t most_bytes_;

  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy_{context_.get_executor()};
  asio::steady_timer timer_{context_};  // the next attempt, or until a connection has proven itself
  Backoff backoff_{first_wait, longest_wait};
  std::minstd_rand random_{std::random_device{}()};
  std::unordered_map<std::string, SubscriptionId> subscriptions_;
  std::unique_ptr<BrokerLink> link_;
  bool is_up_ = false;
  bool is_ended_ = false;  // link_ said so
  bool is_told_ = false;   // that the first attempt failed
  std::uint64_t times_up_ = 0;
  CallBatch taken_;

  std::mutex mutex_;  // protects asked_
  CallBatch asked_;

  std::jthread thread_;
};

BrokerThread::BrokerThread(MakeLink make_link, std::shared_ptr<BrokerInbox> inbox, BrokerMetrics& metrics,
                           std::size_t most_bytes)
    : loop_(std::make_unique<Loop>(std::move(make_link), std::move(inbox), metrics, most_bytes)) {}

BrokerThread::~BrokerThread() = default;

void BrokerThread::start() { loop_->start(); }

void BrokerThread::ask(const Call& call) { loop_->ask(call); }

}  // namespace orbit::cluster
