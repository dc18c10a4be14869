#include "app/node.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "app/domain_fixture.hpp"

namespace orbit::app {
namespace {

class NodeTest : public testing::Test {
 protected:
  NodeTest() {
    char folder[] = "/tmp/orbit-node-XXXXXX";
    folder_ = mkdtemp(folder);
  }
  ~NodeTest() override { std::filesystem::remove_all(folder_); }

  // Of a node with a database of its own, on a free port.
  Config config(const std::string& name) {
    Config config;
    config.database = "sqlite:" + (folder_ / name).string() + ".db";
    config.listen_port = 0;
    config.shards = 2;
    config.worker_threads = 2;
    return config;
  }

  static unsigned short port_of(const Node& node) {
    const std::string url = node.url();
    return static_cast<unsigned short>(std::stoi(url.substr(url.rfind(':') + 1)));
  }

  std::filesystem::path folder_;
};

TEST_F(NodeTest, AFailedStartIsAnErrorAndLeavesTheOtherNodeAlone) {
  Node first(config("first"));
  ASSERT_TRUE(first.start().has_value());
  Config same_port = config("second");
  same_port.listen_port = port_of(first);
  for (int i = 0; i < 3; ++i) {
    Node second(same_port);
    EXPECT_EQ(code(second.start()), "listen.failed");
    second.stop();
  }
  first.stop();
}

TEST_F(NodeTest, TakesDownShardsThatListenWhereTheMetricsCannot) {
  Node first(config("first"));
  ASSERT_TRUE(first.start().has_value());
  Config same_metrics = config("second");
  same_metrics.metrics_host = "127.0.0.1";
  same_metrics.metrics_port = port_of(first);
  // Another program may take the port in between: not three times.
  std::string outcome = "never tried";
  for (int attempt = 0; attempt < 3 && !outcome.empty(); ++attempt) {
    Config same_port = config("third" + std::to_string(attempt));
    {
      Node second(same_metrics);
      EXPECT_EQ(code(second.start()), "metrics.cannot_listen");
      same_port.listen_port = port_of(second);
    }
    Node third(same_port);
    outcome = code(third.start());
  }
  EXPECT_EQ(outcome, "") << "the port is not free again";
  first.stop();
}

TEST_F(NodeTest, AFailureBeforeAnythingRunsIsAnErrorToo) {
  Config no_folder = config("first");
  no_folder.web = (folder_ / "not-there").string();
  Node node(no_folder);
  EXPECT_NE(code(node.start()), "");
}

TEST_F(NodeTest, StopsOnceHoweverOftenItIsTold) {
  Node node(config("first"));
  node.stop();
  ASSERT_TRUE(node.start().has_value());
  node.stop();
  node.stop();
}

TEST_F(NodeTest, MayBeDestroyedWithoutAStop) {
  Node node(config("first"));
  ASSERT_TRUE(node.start().has_value());
}

}  // namespace
}  // namespace orbit::app
