// Server: accepts and speaks HTTP/1.1 on one I/O thread. Each shard has one, all on the same port (SO_REUSEPORT).
// Belongs to the thread that runs its io_context, but for what is marked "any thread".
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "http/address_limits.hpp"
#include "http/message.hpp"
#include "http/trusted_proxies.hpp"
#include "kernel/error.hpp"
#include "kernel/metrics.hpp"

namespace boost::asio {
class io_context;
}

namespace orbit::http {

class Tls;

struct ServerOptions {
  std::size_t max_head_bytes = 8 * 1024;
  std::size_t max_body_bytes = 64 * 1024;
  std::size_t max_connections = 10'000;          // of HTTP, for each server; beyond: 503
  std::chrono::milliseconds read_timeout{5000};  // for a whole request, from its first byte
  std::chrono::milliseconds idle_timeout{30'000};
  AddressLimits* address_limits = nullptr;  // outlives the server
  TrustedProxies trusted_proxies = {};
  Tls* tls = nullptr;  // outlives the server; for none, connections are plain
};

/// Answers one request. `respond` is called once, from any thread.
using Respond = std::move_only_function<void(Response)>;

/// The descriptor is the taker's. The lease is kept as long as it is open.
struct UpgradedSocket {
  int descriptor = -1;
  std::string leftover = {};  // the bytes that came behind the request
  ConnectionLease lease = nullptr;
};

/// What becomes of an upgrade: a plain response, or the socket is handed over, on the server's thread.
using TakeSocket = std::move_only_function<void(UpgradedSocket socket)>;
using UpgradeDecision = std::variant<Response, TakeSocket>;
using DecideUpgrade = std::move_only_function<void(UpgradeDecision)>;

class RequestHandler {
 public:
  virtual ~RequestHandler() = default;

  /// Both are called on the server's thread and must not block it.
  virtual void handle(Request request, Respond respond) = 0;

  /// Whether the request is for a socket rather than for an answer.
  [[nodiscard]] virtual bool is_upgrade(const Request& request) const = 0;

  /// `decide` is called once, from any thread.
  virtual void upgrade(Request request, DecideUpgrade decide) = 0;
};

/// A free port, kept for this program's servers as long as `hold` lives.
struct ReservedPort {
  unsigned short port = 0;
  std::shared_ptr<void> hold;
};

/// Error: unavailable "listen.failed", naming the host.
[[nodiscard]] kernel::Result<ReservedPort> reserve_free_port(boost::asio::io_context& context, const std::string& host);

class Server {
 public:
  /// What is passed by reference must outlive the server.
  Server(boost::asio::io_context& context, RequestHandler& handler, kernel::MetricsRegistry& metrics,
         const ServerOptions& options);
  ~Server();

  /// Binds and listens. `shared_port` says that this program has the port already; else a port that is in use is
  /// refused. Error: unavailable "listen.failed", naming the address.
  [[nodiscard]] kernel::Result<> listen(const std::string& host, unsigned short port, bool shared_port);

  /// Begins to accept. Any thread.
  void start();

  /// From now on each answer ends its connection, so that proxies have none left to send requests on. Any thread.
  void end_keep_alive();

  /// Ends without losing a request: as long as there are connections, and `notice` hasn't passed, new ones are welcome
  /// still. Then none is accepted, those that are idle are closed, and `on_empty` is called on the server's thread once
  /// the last one is gone: five seconds later at most. To be called once, after end_keep_alive. Any thread.
  void drain(std::chrono::milliseconds notice, std::move_only_function<void()> on_empty);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace orbit::http
