// What server.cpp needs of the connections it accepts. Asio shows in this header because no other file includes it.
// Belongs to the server's thread, but for what is marked "any thread".
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <unordered_set>

#include "http/server.hpp"

namespace orbit::http {

struct ServerMetrics {
  explicit ServerMetrics(kernel::MetricsRegistry& metrics);

  kernel::Metric& connections;
  kernel::Metric& requests;
  kernel::Metric& malformed;
  kernel::Metric& refused;
  kernel::Metric& accept_failures;
};

class Connection;

/// What the connections of one server share.
struct ServerState {
  RequestHandler& handler;
  ServerMetrics metrics;
  const ServerOptions options;
  std::atomic<bool> stopping{false};          // any thread
  std::atomic<std::size_t> open{0};           // connections; any thread, since whoever drops a Respond may end one
  std::unordered_set<Connection*> idle = {};  // those that wait for the first byte of a request
};

/// Reads and answers requests until one side has enough.
void serve(boost::asio::ip::tcp::socket socket, const std::shared_ptr<ServerState>& state);

/// Answers without having read anything, and closes.
void refuse(boost::asio::ip::tcp::socket socket, const std::shared_ptr<ServerState>& state, Response response);

void close_idle(const ServerState& state);

}  // namespace orbit::http
