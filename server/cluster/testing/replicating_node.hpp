// ReplicatingNode: a SimulatedNode with replicated state, that notes what it is told of others. Belongs to the test's
// thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cluster/replicated_state.hpp"
#include "cluster/testing/simulated_cluster.hpp"

namespace orbit::cluster {

struct ReplicatingNode : SimulatedNode, TopicListener {
  using Entries = std::map<std::string, std::string>;

  explicit ReplicatingNode(SimulatedNetwork& network, std::string name,
                           std::chrono::milliseconds grace = std::chrono::milliseconds{3'000})
      : SimulatedNode(network, std::move(name)), state({switchboard, peers, scheduler, subjects}, grace, metrics) {
    state.start();
    start();
  }

  void hold(const std::string& topic) { state.hold(topic, *this); }
  void release(const std::string& topic) {
    state.release(topic);
    told.erase(topic);
    own.erase(topic);
  }
  void put(const std::string& topic, const std::string& key, const std::string& value) {
    if (state.put(topic, key, value)) own[topic][key] = value;
  }
  void erase(const std::string& topic, const std::string& key) {
    state.erase(topic, key);
    own[topic].erase(key);
  }

  void changed(const std::string& topic, const kernel::Uuid& node, const std::string& key,
               const std::optional<std::string>& value) override {
    ++changes;
    Entries& entries = told[topic][node];
    if (value) {
      entries[key] = *value;
    } else {
      entries.erase(key);
    }
    if (entries.empty()) told[topic].erase(node);
  }

  /// As the listener was told, change by change.
  Entries of(const SimulatedNode& other, const std::string& topic) const {
    const auto held = told.find(topic);
    if (held == told.end()) return {};
    const auto entries = held->second.find(other.incarnation);
    return entries == held->second.end() ? Entries{} : entries->second;
  }

  ReplicatedState state;
  std::map<std::string, Entries> own;
  std::map<std::string, std::map<kernel::Uuid, Entries>> told;
  int changes = 0;
};

}  // namespace orbit::cluster
