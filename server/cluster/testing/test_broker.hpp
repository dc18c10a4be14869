// TestBroker: a real broker of either kind that a test can break and mend. Belongs to the test's thread.
#pragma once

#include <libpq-fe.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "cluster/testing/private_server.hpp"
#include "cluster/testing/tcp_proxy.hpp"

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

/// A server that others use as well: what breaks is the way to it.
class DistantBroker final : public TestBroker {
 public:
  /// `url`: scheme://[user[:password]@]127.0.0.1:port[/…].
  explicit DistantBroker(std::string_view url)
      : before_(url.substr(0, host_in(url))), after_(url.substr(end_of_host_in(url))), proxy_(port_in(url)) {}

  [[nodiscard]] std::string url() const override {
    return before_ + "127.0.0.1:" + std::to_string(proxy_.port()) + after_;
  }
  void kill() override { proxy_.cut(); }
  void restart() override { proxy_.mend(); }
  void freeze() override { proxy_.freeze(true); }
  void thaw() override { proxy_.freeze(false); }

 private:
  static std::size_t host_in(std::string_view url) {
    const auto at = url.rfind('@');
    return at == std::string_view::npos ? url.find("://") + 3 : at + 1;
  }
  static std::size_t end_of_host_in(std::string_view url) {
    return std::min(url.size(), url.find_first_of("/?", host_in(url)));
  }
  static std::uint16_t port_in(std::string_view url) {
    const std::string_view host = url.substr(0, end_of_host_in(url)).substr(host_in(url));
    std::uint16_t port = 5432;
    const std::string_view digits = host.substr(std::min(host.size(), host.rfind(':') + 1));
    std::from_chars(digits.data(), digits.data() + digits.size(), port);
    return port;
  }

  std::string before_;
  std::string after_;
  TcpProxy proxy_;
};

/// A database of this process alone, so that tests beside it are not heard here. Gone with the process.
class TestPostgresql {
 public:
  /// `server`: of a superuser, with or without a database.
  explicit TestPostgresql(std::string_view server)
      : server_(server.substr(0, server.find('/', server.find("://") + 3))),
        name_("orbit_backplane_" + std::to_string(getpid())) {
    ask("CREATE DATABASE " + name_);
  }
  TestPostgresql(const TestPostgresql&) = delete;
  TestPostgresql& operator=(const TestPostgresql&) = delete;
  ~TestPostgresql() { ask("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)"); }

  [[nodiscard]] std::string url() const { return server_ + "/" + name_; }

 private:
  void ask(const std::string& sql) const {
    PGconn* const connection = PQconnectdb((server_ + "/postgres").c_str());
    PQclear(PQexec(connection, sql.c_str()));
    PQfinish(connection);
  }

  std::string server_;
  std::string name_;
};

/// On the private server that ORBIT_TEST_POSTGRESQL names. Empty where there is none.
inline std::string test_postgresql() {
  const char* const server = std::getenv("ORBIT_TEST_POSTGRESQL");
  if (server == nullptr) return {};
  static const TestPostgresql database(server);
  return database.url();
}

/// `kind`: "nats", "redis", "postgres". nullptr where this machine has none.
inline std::unique_ptr<TestBroker> make_test_broker(std::string_view kind) {
  if (kind == "nats") return std::make_unique<ServerBroker>("nats", PrivateServer::nats());
  if (kind == "redis") return std::make_unique<ServerBroker>("redis", PrivateServer::redis());
  const std::string url = test_postgresql();
  return url.empty() ? nullptr : std::make_unique<DistantBroker>(url);
}

}  // namespace orbit::cluster
