// NodeProcess: one `orbit serve` process that is started, killed and started again, and what it has used so far.
// Belongs to the main thread; the process ends with it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "load/child_process.hpp"

namespace orbit::bench {

struct NodeOptions {
  std::filesystem::path program;
  std::filesystem::path database;  // a file; the node's log is kept beside it
  std::vector<std::string> flags = {};
  std::string database_url = {};  // where it isn't a file
};

class NodeProcess {
 public:
  explicit NodeProcess(NodeOptions options) : options_(std::move(options)) {}
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;
  ~NodeProcess() { kill(); }

  /// Returns once it listens: on a free port at first, on the same one from then on.
  [[nodiscard]] Outcome<> start();

  /// kill -9; what that leaves is what a crash leaves.
  void kill() { process_.end(9); }
  /// SIGTERM, so that all is closed in order.
  void stop() { process_.end(15); }
  [[nodiscard]] Outcome<> restart() {
    kill();
    return start();
  }

  /// From its next start on.
  void use_flags(std::vector<std::string> flags) { options_.flags = std::move(flags); }

  [[nodiscard]] unsigned short port() const { return process_.port(); }

  /// When its "listening" line was read.
  [[nodiscard]] TimePoint listening_since() const { return process_.listening_since(); }

  /// CPU time of all its threads since it started, user and system.
  [[nodiscard]] double cpu_us() const { return process_.cpu_us(); }

  /// The most memory that it ever held (VmHWM), and what it holds now (VmRSS).
  [[nodiscard]] double peak_memory_mb() const { return process_.status_kb("VmHWM:") / 1024; }
  [[nodiscard]] double memory_mb() const { return memory_kb() / 1024; }
  [[nodiscard]] double memory_kb() const { return process_.status_kb("VmRSS:"); }

 private:
  NodeOptions options_;
  ChildProcess process_;
};

}  // namespace orbit::bench
