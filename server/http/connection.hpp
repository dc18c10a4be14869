// What server.cpp needs of the connections it accepts. Belongs to the server's thread, but for what is marked "any
// thread".
#pragma once

#include <atomic>
#include <memory>
#include <unordered_set>

#include "http/server.hpp"
#include "http/socket.hpp"

namespace orbit::http {

struct ServerMetrics {
  explicit ServerMetrics(kernel::MetricsRegistry& metrics);

  kernel::Metric& connections;
  kernel::Metric& requests;
  kernel::Metric& malformed;
  kernel::Metric& refused;
  kernel::Metric& accept_failures;
  kernel::Metric& accept_paused;
};

class Connection;

/// Who a connection that was accepted is with. The lease counts it for that address, where it is limited.
struct Peer {
  std::string address;
  ConnectionLease lease;
};

/// What the connections of one server share.
struct ServerState {
  RequestHandler& handler;
  ServerMetrics metrics;
  const ServerOptions options;
  std::atomic<bool> draining{false};          // answers end their connections; any thread
  std::atomic<std::size_t> open{0};           // connections; any thread, since whoever drops a Respond may end one
  std::atomic<std::size_t> refusing{0};       // those of them that were refused and hear so
  std::unordered_set<Connection*> idle = {};  // those that wait for the first byte of a request
};

/// Reads and answers requests until one side has enough.
void serve(Socket socket, Peer peer, const std::shared_ptr<ServerState>& state);

/// Answers without having read anything, and closes. Where many are being refused already, only closes.
void refuse(Socket socket, const std::shared_ptr<ServerState>& state, Response response);

/// Those that have had an answer; with `newcomers` those too that have not said anything yet.
void close_idle(const ServerState& state, bool newcomers);

}  // namespace orbit::http
