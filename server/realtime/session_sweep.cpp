#include "realtime/session_sweep.hpp"

#include <algorithm>
#include <unordered_set>

namespace orbit::realtime {

using kernel::ReadContext;
using kernel::Result;
using kernel::SessionId;

SessionSweep::SessionSweep(InProcessRealtimeHub& hub, kernel::UnitOfWork& unit_of_work,
                           identity::SessionResolver& sessions, kernel::Scheduler& scheduler, RunBlocking run_blocking,
                           Interval interval, kernel::MetricsRegistry& metrics)
    : hub_(hub),
      unit_of_work_(unit_of_work),
      sessions_(sessions),
      scheduler_(scheduler),
      run_blocking_(std::move(run_blocking)),
      interval_(std::move(interval)),
      found_counter_(metrics.counter("orbit_sessions_swept_total",
                                     "Sessions with sockets that had ended without anybody saying so here")),
      failures_counter_(
          metrics.counter("orbit_sessions_sweep_failures_total", "Times that sessions could not be looked at")) {}

SessionSweep::~SessionSweep() { scheduler_.cancel(timer_); }

void SessionSweep::start() {
  timer_ = scheduler_.after(interval_(), [this] { look(); });
}

// The next look begins when this one is done with: a slow database isn't asked the faster.
void SessionSweep::look() {
  run_blocking_([this, sessions = hub_.sessions()] {
    auto ended = ended_of(sessions);
    if (!ended) failures_counter_.add();
    scheduler_.post([this, ended = ended ? *std::move(ended) : Sessions{}] {
      close(ended);
      start();
    });
  });
}

Result<SessionSweep::Sessions> SessionSweep::ended_of(const Sessions& sessions) {
  Sessions ended;
  for (std::span rest(sessions); !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), page));
    rest = rest.subspan(part.size());
    const auto live = unit_of_work_.read(
        [&](const ReadContext& context) -> Result<Sessions> { return sessions_.live_of(context, part); });
    if (!live) return std::unexpected(live.error());
    const std::unordered_set<SessionId> alive(live->begin(), live->end());
    std::ranges::copy_if(part, std::back_inserter(ended), [&](SessionId session) { return !alive.contains(session); });
  }
  return ended;
}

void SessionSweep::close(const Sessions& ended) {
  for (const SessionId session : ended) hub_.close_session(session, CloseCode::session_ended, "the session ended");
  found_counter_.add(static_cast<std::int64_t>(ended.size()));
}

}  // namespace orbit::realtime
