// Whatever is lost, cut, stopped or killed: once it is quiet, every node knows of each topic what the others own.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "cluster/testing/replicating_node.hpp"

namespace orbit::cluster {
namespace {

using namespace std::chrono_literals;

class Chaos {
 public:
  explicit Chaos(unsigned seed) : random_(seed) {
    for (int i = 0; i < 4; ++i) start_node();
  }

  void step() {
    ReplicatingNode& node = *nodes_[pick(nodes_.size())];
    const std::string topic = "orbit.topic." + std::to_string(pick(3));
    const auto dice = pick(100);
    if (dice < 40) {
      node.put(topic, "k" + std::to_string(pick(6)), std::to_string(pick(1'000)));
    } else if (dice < 55) {
      node.erase(topic, "k" + std::to_string(pick(6)));
    } else if (dice < 65) {
      node.hold(topic);
    } else if (dice < 68) {
      node.release(topic);
    } else if (dice < 72) {
      node.backplane->cut();
    } else if (dice < 80) {
      node.backplane->heal();
    } else if (dice < 82) {
      node.backplane->lose_messages();
    } else if (dice < 85) {
      network_.drop_each(pick(4) == 0 ? 0 : 2 + pick(5));
    } else if (dice < 87) {
      network_.set_delay(std::chrono::milliseconds(pick(3) * 40));
    } else if (dice < 89) {
      network_.set_max_message(pick(2) == 0 ? 700 : 8'000);
    } else if (dice < 92) {
      stopped_ = stopped_ == nullptr ? &node : nullptr;
    } else if (dice < 94) {
      leave(node, pick(2) == 0);
      start_node();
    }
    wait(std::chrono::milliseconds(10 * pick(dice == 99 ? 700 : 40)));
  }

  void quieten() {
    network_.drop_each(0);
    network_.set_delay(0ms);
    stopped_ = nullptr;
    for (const auto& node : nodes_) node->backplane->heal();
    wait(130s);
  }

  void expect_agreement() {
    for (const auto& node : nodes_) {
      for (int i = 0; i < 3; ++i) {
        const std::string topic = "orbit.topic." + std::to_string(i);
        if (!node->state.holds(topic)) continue;
        std::map<kernel::Uuid, ReplicatingNode::Entries> owned;
        for (const auto& other : nodes_) {
          if (other != node && !other->own[topic].empty()) owned[other->incarnation] = other->own[topic];
        }
        EXPECT_EQ(node->told[topic], owned) << topic;
        std::map<kernel::Uuid, ReplicatingNode::Entries> visited;
        node->state.visit(topic, [&](const kernel::Uuid& of, const std::string& key, const std::string& value) {
          visited[of][key] = value;
        });
        EXPECT_EQ(visited, owned) << topic;
      }
    }
  }

 private:
  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }

  void start_node() {
    nodes_.push_back(std::make_unique<ReplicatingNode>(network_, "n" + std::to_string(++last_name_)));
  }

  void leave(ReplicatingNode& node, bool says_farewell) {
    if (says_farewell) node.peers.stop();
    if (stopped_ == &node) stopped_ = nullptr;
    std::erase_if(nodes_, [&](const auto& one) { return one.get() == &node; });
  }

  void wait(std::chrono::milliseconds time) {
    std::vector<SimulatedNode*> running;
    for (const auto& node : nodes_) {
      if (node.get() != stopped_) running.push_back(node.get());
    }
    pass(running, time);
  }

  std::mt19937 random_;
  SimulatedNetwork network_;
  int last_name_ = 0;
  std::vector<std::unique_ptr<ReplicatingNode>> nodes_;
  ReplicatingNode* stopped_ = nullptr;
};

class ReplicatedStateChaosTest : public testing::TestWithParam<unsigned> {};

TEST_P(ReplicatedStateChaosTest, OnceItIsQuietAllAgree) {
  Chaos chaos(GetParam());
  for (int i = 0; i < 300; ++i) chaos.step();
  chaos.quieten();
  chaos.expect_agreement();
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReplicatedStateChaosTest, testing::Range(1U, 21U));

}  // namespace
}  // namespace orbit::cluster
