// NodeProcess: one `orbit serve` process that is started, killed and started again, and what it has used so far.
// Belongs to the main thread; the process ends with it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "load/clock.hpp"
#include "load/descriptor.hpp"
#include "load/failure.hpp"

namespace orbit::bench {

struct NodeOptions {
  std::filesystem::path program;
  std::filesystem::path database;  // its log is kept beside it
  std::vector<std::string> flags = {};
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
  void kill() { end(9); }
  /// SIGTERM, so that all is closed in order.
  void stop() { end(15); }
  [[nodiscard]] Outcome<> restart() {
    kill();
    return start();
  }

  [[nodiscard]] unsigned short port() const { return port_; }

  /// When its "listening" line was read.
  [[nodiscard]] TimePoint listening_since() const { return listening_since_; }

  /// CPU time of all its threads since it started, user and system.
  [[nodiscard]] double cpu_us() const;

  /// The most memory that it ever held (VmHWM), and what it holds now (VmRSS).
  [[nodiscard]] double peak_memory_mb() const { return status_kb("VmHWM:") / 1024; }
  [[nodiscard]] double memory_mb() const { return status_kb("VmRSS:") / 1024; }

 private:
  [[nodiscard]] Outcome<> spawn(Descriptor& output);
  [[nodiscard]] Outcome<> await_listening(int output);
  void end(int signal);
  [[nodiscard]] double status_kb(std::string_view key) const;

  NodeOptions options_;
  pid_t pid_ = 0;
  unsigned short port_ = 0;
  Descriptor output_;
  TimePoint listening_since_;
};

}  // namespace orbit::bench
