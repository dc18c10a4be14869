// TestBroker: a real broker of either kind that a test can break and mend. Belongs to the test's thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cluster/testing/private_server.hpp"

namespace orbit::cluster {

class TestBroker {
 public:
  virtual ~TestBroker() = default;

  [[nodiscard]] virtual std::string url() const = 0;
  /// Ends all connections, and takes none until `restart`.
  virtual void kill() = 0;
  /// At the same address.
  virtual void restart() = 0;
  /// Connections stay, and nothing is answered any more until `thaw`.
  virtual void freeze() = 0;
  virtual void thaw() = 0;
};

class ServerBroker final : public TestBroker {
 public:
  ServerBroker(std::string scheme, std::vector<std::string> command)
      : scheme_(std::move(scheme)), server_(std::move(command)) {}

  [[nodiscard]] std::string url() const override { return scheme_ + "://127.0.0.1:" + std::to_string(server_.port()); }
  void kill() override { server_.kill(); }
  void restart() override { server_.start(); }
  void freeze() override { server_.freeze(); }
  void thaw() override { server_.thaw(); }

 private:
  std::string scheme_;
  PrivateServer server_;
};

/// `kind`: "nats", "redis". nullptr where this machine has none.
inline std::unique_ptr<TestBroker> make_test_broker(std::string_view kind) {
  if (kind == "nats") return std::make_unique<ServerBroker>("nats", PrivateServer::nats());
  if (kind == "redis") return std::make_unique<ServerBroker>("redis", PrivateServer::redis());
  return nullptr;
}

}  // namespace orbit::cluster
