// ChildProcess: a server that is started, ended, and watched from outside: when it listens, and what it has used so
// far. Belongs to the main thread; the process ends with it.
#pragma once

#include <sched.h>
#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "load/clock.hpp"
#include "load/descriptor.hpp"
#include "load/failure.hpp"

namespace orbit::bench {

struct ChildOptions {
  std::vector<std::string> command;  // the program's path first
  std::filesystem::path log;         // where its standard error goes
  std::optional<int> core = {};      // the only one that it may run on
};

class ChildProcess {
 public:
  ChildProcess() = default;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() { end(15); }

  /// Returns once it has printed its "listening on …:PORT" line.
  [[nodiscard]] Outcome<> start(const ChildOptions& options);

  /// Returns once it is gone.
  void end(int signal);

  [[nodiscard]] unsigned short port() const { return port_; }

  /// When its "listening" line was read.
  [[nodiscard]] TimePoint listening_since() const { return listening_since_; }

  /// CPU time since it started, user and system, of all its threads and of processes that it runs.
  [[nodiscard]] double cpu_us() const;

  /// The sum over its processes of such a line in /proc/PID/status, in kB.
  [[nodiscard]] double status_kb(std::string_view key) const;

 private:
  [[nodiscard]] Outcome<> spawn(const ChildOptions& options, Descriptor& output);
  [[nodiscard]] Outcome<> await_listening(int output, const std::filesystem::path& log);

  pid_t pid_ = 0;
  unsigned short port_ = 0;
  Descriptor output_;
  TimePoint listening_since_;
};

/// CPU time of a process and of those that it runs, user and system.
[[nodiscard]] double family_cpu_us(pid_t pid);

/// Keeps this thread, and what it starts meanwhile, on one core for as long as it lives.
class CorePin {
 public:
  explicit CorePin(int core);
  CorePin(const CorePin&) = delete;
  CorePin& operator=(const CorePin&) = delete;
  ~CorePin() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_{};
};

}  // namespace orbit::bench
