// BrokerBackplane: a Backplane over a broker's links. Knows what this node is subscribed to, and passes on nothing
// else. Belongs to the realtime thread.
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "cluster/backplane.hpp"
#include "cluster/broker_inbox.hpp"
#include "cluster/broker_metrics.hpp"
#include "cluster/broker_thread.hpp"
#include "cluster/quiet_log.hpp"

namespace orbit::cluster {

struct BrokerOptions {
  std::string kind;   // of the broker: "nats"
  std::string where;  // for people, without a password: "127.0.0.1:4222"
  std::size_t max_message = 0;
  std::size_t most_bytes_out = 8U << 20U;  // that wait for the broker, at each of two places; more are dropped
  std::size_t most_bytes_in = 64U << 20U;  // that wait for the realtime thread; more are dropped
  MakeLink make_link;
};

class BrokerBackplane final : public Backplane, public BrokerInbox::Receiver {
 public:
  BrokerBackplane(BrokerOptions options, kernel::Scheduler& realtime, kernel::MetricsRegistry& metrics);
  /// May take as long as an attempt to connect.
  ~BrokerBackplane() override;

  void start(BackplaneListener& listener) override;
  void publish(std::string_view subject, std::string_view message) override;
  void subscribe(std::string_view subject) override;
  void unsubscribe(std::string_view subject) override;
  [[nodiscard]] std::size_t max_message() const override { return options_.max_message; }
  [[nodiscard]] std::string_view kind() const override { return options_.kind; }

 private:
  struct SubjectHash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void take(const Call& call) override;
  void pass_on(const Call& call);
  void note_connected();
  void note_disconnected(std::string_view reason);

  const BrokerOptions options_;
  BrokerMetrics metrics_;
  BackplaneListener* listener_ = nullptr;
  std::unordered_map<std::string, SubscriptionId, SubjectHash, std::equal_to<>> subscriptions_;
  SubscriptionId last_subscription_ = 0;
  bool is_up_ = false;
  std::uint64_t times_up_ = 0;
  QuietLog log_;
  std::shared_ptr<BrokerInbox> inbox_;
  BrokerThread thread_;
};

}  // namespace orbit::cluster
