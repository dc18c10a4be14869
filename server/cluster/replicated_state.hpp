// ReplicatedState: what each node owns of a topic, known to all nodes that hold it. A topic is a subject of the
// backplane: a workspace's presence, a room. Belongs to the realtime thread.
//
// An owner's changes leave as deltas, each with the counter of the one before; a copy that finds a gap, or a digest
// that isn't its own, asks its owner for the whole. Digests are sent when a topic has come to rest, and of each topic
// once in a while, so that whatever was lost, all copies come to agree. A copy lives as long as its owner's lease.
#pragma once

#include "cluster/state_copies.hpp"
#include "cluster/state_owner.hpp"

namespace orbit::cluster {

class ReplicatedState final : ConnectionListener {
 public:
  using Parts = StateCopies::Parts;

  /// `grace`: how long what a node owned that said farewell is kept, so that who moves on to another node meanwhile
  /// doesn't flicker. To be made after `parts.peers`, before the switchboard starts.
  ReplicatedState(const Parts& parts, std::chrono::milliseconds grace, kernel::MetricsRegistry& metrics);
  ReplicatedState(const ReplicatedState&) = delete;
  ReplicatedState& operator=(const ReplicatedState&) = delete;
  ~ReplicatedState() override;

  void start();

  /// From now on the listener, which outlives the topic's release, hears what others own of it. Not counted: a topic
  /// has one holder.
  void hold(const std::string& topic, TopicListener& listener);

  /// Gives up what this node owns of it, too, and forgets what others do, without a word to the listener.
  void release(const std::string& topic);
  [[nodiscard]] bool holds(const std::string& topic) const { return copies_.holds(topic); }

  /// What this node owns, of topics that it holds. put is false, and changes nothing, where a limit of StateOwner
  /// refuses it, which is counted.
  bool put(const std::string& topic, std::string_view key, std::string value);
  void erase(const std::string& topic, std::string_view key) { owner_.erase(topic, key); }

  /// Calls back once: with true as soon as all who are alive have said what they own of the topic, since it is held
  /// and this node is connected; with false when `timeout` is over, the backplane is out of reach, or the topic isn't
  /// held any more. Maybe before it returns.
  void when_synced(const std::string& topic, std::chrono::milliseconds timeout, std::function<void(bool)> callback) {
    copies_.when_synced(topic, timeout, std::move(callback));
  }

  /// What others own of it, as far as is known. The visitor changes nothing here.
  void visit(const std::string& topic, const StateCopies::Visitor& visitor) const { copies_.visit(topic, visitor); }

 private:
  void connected() override;
  void tick();

  Parts parts_;
  StateOwner owner_;
  StateCopies copies_;
  bool was_connected_ = false;
  kernel::TimerId tick_timer_ = 0;
};

}  // namespace orbit::cluster
