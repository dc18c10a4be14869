// SessionSweep: closes the sockets of sessions that ended without anybody saying so here: by time, as soon as that is
// known to have come, or on another node that could not be heard. Belongs to the realtime thread; the database is asked
// where `run_blocking` puts it.
#pragma once

#include <functional>
#include <vector>

#include "identity/session_resolver.hpp"
#include "kernel/metrics.hpp"
#include "kernel/scheduler.hpp"
#include "realtime/in_process_realtime_hub.hpp"

namespace orbit::realtime {

class SessionSweep {
 public:
  using RunBlocking = std::function<void(kernel::Scheduler::Task)>;
  /// Until the next look, asked after each.
  using Interval = std::function<std::chrono::milliseconds()>;

  static constexpr std::size_t page = 500;                     // sessions asked about at once
  static constexpr std::chrono::milliseconds least_wait{100};  // between two looks, whatever ends meanwhile

  SessionSweep(InProcessRealtimeHub& hub, kernel::UnitOfWork& unit_of_work, identity::SessionResolver& sessions,
               kernel::Scheduler& scheduler, const kernel::Clock& clock, RunBlocking run_blocking, Interval interval,
               kernel::MetricsRegistry& metrics);
  SessionSweep(const SessionSweep&) = delete;
  SessionSweep& operator=(const SessionSweep&) = delete;
  ~SessionSweep();

  void start();

 private:
  using Sessions = std::vector<kernel::SessionId>;

  struct Seen {
    Sessions ended;
    kernel::Timestamp next_end = kernel::Timestamp::max();  // of those that are live
  };

  void look_after(std::chrono::milliseconds wait);
  void look();
  [[nodiscard]] kernel::Result<Seen> look_at(const Sessions& sessions);
  void close(const Sessions& ended);

  InProcessRealtimeHub& hub_;
  kernel::UnitOfWork& unit_of_work_;
  identity::SessionResolver& sessions_;
  kernel::Scheduler& scheduler_;
  const kernel::Clock& clock_;
  RunBlocking run_blocking_;
  Interval interval_;
  kernel::Metric& found_counter_;
  kernel::Metric& failures_counter_;
  kernel::TimerId timer_ = 0;
};

}  // namespace orbit::realtime
