// Peers: which other nodes are alive. Each announces itself to all with a heartbeat; one that is not heard of for its
// lease is gone, and so is one that says farewell. Belongs to the realtime thread.
//
// A lease is counted in ticks of this node's own timer, never by a clock: a process that was stopped for ten seconds
// and goes on has counted one tick, and finds in its queue what the others said meanwhile. No node's time is compared
// with another's.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cluster/switchboard.hpp"

namespace orbit::cluster {

struct Peer {
  kernel::Uuid incarnation;  // another at each start of the node
  std::string name;          // empty until its first heartbeat
};

enum class Departure {
  farewell,  // it stopped as it should
  lease,     // nothing was heard of it: it died, or one of us is cut off
};

class PeerListener {
 public:
  virtual ~PeerListener() = default;

  /// A node that was not known, or one that was gone by its lease and is back.
  virtual void came(const kernel::Uuid& peer) = 0;
  virtual void went(const kernel::Uuid& peer, Departure how) = 0;

  /// From now on all who are alive are known.
  virtual void settled() {}
};

struct PeerOptions {
  std::chrono::milliseconds heartbeat{1'000};
  std::chrono::milliseconds lease{5'000};   // at least; and at most a quarter of a heartbeat more
  std::chrono::milliseconds settling{300};  // from when others can be heard until all of them have been
};

class Peers final : ConnectionListener {
 public:
  /// `everyone`: the subject that every node hears. `name`: 1 to 64 printable characters of ASCII, for people only.
  /// To be made before whoever else listens to the switchboard: whose message it is, they find to be alive.
  Peers(Switchboard& switchboard, kernel::Scheduler& scheduler, std::string everyone, std::string name,
        const PeerOptions& options, kernel::MetricsRegistry& metrics);
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;
  ~Peers() override;

  /// In the order in which they were added, before start(). Outlives the last message.
  void add_listener(PeerListener& listener);

  void start();

  /// Says farewell, and nothing after it. To be called once the node's sockets are closed. Does nothing the second
  /// time.
  void stop();

  /// Sorted by incarnation; this node is not among them.
  [[nodiscard]] std::vector<Peer> all() const;
  [[nodiscard]] bool is_alive(const kernel::Uuid& peer) const { return peers_.contains(peer); }

  /// Its name, or the incarnation where that isn't known: for logs.
  [[nodiscard]] std::string name_of(const kernel::Uuid& peer) const;

  /// Whether all who are alive are known: not in the first moment after this node was connected.
  [[nodiscard]] bool is_settled() const { return is_settled_; }

  [[nodiscard]] const std::string& everyone() const { return everyone_; }

  /// Beyond them no other node is known: what it says is ignored.
  static constexpr std::size_t max_peers = 1'000;

 private:
  struct State {
    std::string name;
    std::size_t silent_ticks = 0;
  };

  void heard(const kernel::Uuid& from) override;
  void subscribed(std::string_view subject) override;
  void connected() override { unsettle(); }
  void disconnected() override { unsettle(); }

  bool heartbeat_from(const Message& message);
  void farewell_from(const kernel::Uuid& peer);
  void tick();
  void age();
  void announce(bool asks);
  void answer_soon();
  void unsettle();
  void remove(const kernel::Uuid& peer, Departure how);

  Switchboard& switchboard_;
  kernel::Scheduler& scheduler_;
  const std::string everyone_;
  const std::string name_;
  const PeerOptions options_;
  kernel::Metric& peers_gauge_;
  kernel::Metric& came_counter_;
  kernel::Metric& farewells_counter_;
  kernel::Metric& leases_counter_;
  kernel::Metric& beyond_limit_counter_;
  std::vector<PeerListener*> listeners_;
  std::map<kernel::Uuid, State> peers_;
  std::deque<kernel::Uuid> departed_;  // said farewell: what is heard of them later was said before
  int ticks_ = 0;
  bool is_running_ = false;
  bool is_settled_ = false;
  kernel::TimerId tick_timer_ = 0;
  kernel::TimerId answer_timer_ = 0;
  kernel::TimerId settle_timer_ = 0;
};

}  // namespace orbit::cluster
