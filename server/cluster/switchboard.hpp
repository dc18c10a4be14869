// Switchboard: the node's one listener on the backplane. Passes each message on by its kind, and lets several share a
// subscription. What the backplane itself counts and logs, this does not. Belongs to the realtime thread.
//
// A message is JSON text: {"v":1,"kind":"…","from":"…", then fields of its kind}. The three come first, spelled just
// so, which lets a node tell without parsing what it is and whether it can know it: what is of another version or of a
// kind that nobody here handles comes from a newer or older node in a rolling upgrade, and is ignored.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/backplane.hpp"
#include "cluster/quiet_log.hpp"
#include "kernel/id.hpp"
#include "kernel/metrics.hpp"

namespace orbit::cluster {

/// From another node. The views are valid during the call.
struct Message {
  kernel::Uuid from;  // that node's incarnation
  std::string_view subject;
  std::string_view kind;
  std::string_view text;  // all of it
};

/// Each call does nothing where it isn't overridden.
class ConnectionListener {
 public:
  virtual ~ConnectionListener() = default;

  /// As the BackplaneListener hears it. `subscribed` comes for subjects of others, too.
  virtual void connected() {}
  virtual void disconnected() {}
  virtual void messages_lost() {}
  virtual void subscribed(std::string_view /*subject*/) {}

  /// There is a message from that node, whatever it may be. Comes before the message's handler is called.
  virtual void heard(const kernel::Uuid& /*from*/) {}
};

class Switchboard final : BackplaneListener {
 public:
  /// False where the message is malformed: it is counted, and logged at a bounded rate.
  using Handler = std::function<bool(const Message&)>;

  /// `incarnation` is this node's, fresh at each start: its own messages don't come back to it.
  Switchboard(std::unique_ptr<Backplane> backplane, kernel::Scheduler& scheduler, const kernel::Uuid& incarnation,
              kernel::MetricsRegistry& metrics);
  Switchboard(const Switchboard&) = delete;
  Switchboard& operator=(const Switchboard&) = delete;
  ~Switchboard() override;

  /// `kind`: of a-z and _. One handler each, named before start().
  void handle(std::string kind, Handler handler);

  /// In the order in which they were added, before start(). Outlives the last call of the backplane.
  void add_listener(ConnectionListener& listener);

  void start();

  /// Counted: as often as a subject was subscribed to, it must be unsubscribed from. True where the subject is heard
  /// already; otherwise `subscribed` comes.
  bool subscribe(const std::string& subject);
  void unsubscribe(const std::string& subject);

  /// Whether `subscribed` has come for it, in this connection.
  [[nodiscard]] bool is_heard(std::string_view subject) const;
  [[nodiscard]] bool is_connected() const { return is_connected_; }

  /// `fields`: the members of a JSON object but for those three, without its braces, UTF-8 without NUL. False where
  /// they are more than max_fields(): then nothing is sent, which is counted and logged. Lost where the broker is out
  /// of reach.
  bool publish(std::string_view subject, std::string_view kind, std::string_view fields);

  /// In bytes.
  [[nodiscard]] std::size_t max_fields(std::string_view kind) const;

  [[nodiscard]] const kernel::Uuid& incarnation() const { return incarnation_; }
  [[nodiscard]] std::string_view backplane_kind() const { return backplane_->kind(); }

 private:
  struct Kind {
    Handler handler;
    kernel::Metric* received;
  };
  struct Subscription {
    std::size_t users = 0;
    bool is_heard = false;
  };

  void received(std::string_view subject, std::string_view message) override;
  void subscribed(std::string_view subject) override;
  void connected() override;
  void disconnected(std::string_view reason) override;
  void messages_lost() override;

  void deafen();
  void malformed(std::string_view subject, std::string_view message);
  kernel::Metric& ignored(std::string_view reason);

  kernel::MetricsRegistry& metrics_;
  const kernel::Uuid incarnation_;
  const std::string from_;  // the incarnation, as messages name it
  kernel::Metric& malformed_counter_;
  kernel::Metric& other_version_counter_;
  kernel::Metric& unknown_kind_counter_;
  kernel::Metric& too_big_counter_;
  QuietLog quiet_log_;
  bool is_connected_ = false;
  std::map<std::string, Kind, std::less<>> kinds_;
  std::map<std::string, kernel::Metric*, std::less<>> sent_counters_;
  std::map<std::string, Subscription, std::less<>> subscriptions_;
  std::vector<ConnectionListener*> listeners_;
  std::unique_ptr<Backplane> backplane_;  // last: it is gone before what it calls
};

}  // namespace orbit::cluster
