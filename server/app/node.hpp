// Node: everything that `orbit serve` runs, put together. Made, started and stopped on the main thread.
#pragma once

#include <memory>
#include <string>

#include "app/config.hpp"

namespace orbit::app {

class Node {
 public:
  explicit Node(const Config& config);
  ~Node();

  /// Opens the database, publishes what a crash left unpublished, listens. Errors are whole sentences; after one, only
  /// destroy the node.
  [[nodiscard]] kernel::Result<> start();

  /// "http://127.0.0.1:8080", once started.
  [[nodiscard]] std::string url() const;

  /// Reads the TLS files again, for connections to come; what can't be used is logged, and the old ones stay. Only with
  /// TLS.
  void reload_tls();

  /// Whether the database holds the demo's people and the node says so.
  [[nodiscard]] bool runs_demo() const;

  /// Takes no more work, sends all sockets away with 1012, finishes what was begun. Does nothing where the node doesn't
  /// run. A node that is destroyed without it drops its sockets.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orbit::app
