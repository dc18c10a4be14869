#include "realtime/session_sweep.hpp"

#include <algorithm>
#include <unordered_set>

namespace orbit::realtime {

using kernel::ReadContext;
using kernel::Result;
using kernel::SessionId;
using std::chrono::milliseconds;

SessionSweep::SessionSweep(InProcessRealtimeHub& hub, kernel::UnitOfWork& unit_of_work,
                           identity::SessionResolver& sessions, kernel::Scheduler& scheduler,
                           const kernel::Clock& clock, RunBlocking run_blocking, Interval interval,
                           kernel::MetricsRegistry& metrics)
    : hub_(hub),
      unit_of_work_(unit_of_work),
      sessions_(sessions),
      scheduler_(scheduler),
      clock_(clock),
      run_blocking_(std::move(run_blocking)),
      interval_(std::move(interval)),
      found_counter_(metrics.counter("orbit_sessions_swept_total",
                                     "Sessions with sockets that had ended without anybody saying so here")),
      failures_counter_(
          metrics.counter("orbit_sessions_sweep_failures_total", "Times that sessions could not be looked at")) {}

SessionSweep::~SessionSweep() { scheduler_.cancel(timer_); }

void SessionSweep::start() { look_after(interval_()); }

void SessionSweep::look_after(milliseconds wait) {
  timer_ = scheduler_.after(wait, [this] { look(); });
}

// The next look begins when this one is done with: a slow database isn't asked the faster.
void SessionSweep::look() {
  run_blocking_([this, sessions = hub_.sessions()] {
    auto seen = look_at(sessions);
    if (!seen) failures_counter_.add();
    scheduler_.post([this, seen = seen ? *std::move(seen) : Seen{}] {
      close(seen.ended);
      const auto until_next_end = std::max(seen.next_end - std::min(clock_.now(), seen.next_end), least_wait);
      look_after(std::min<milliseconds>(interval_(), until_next_end));
    });
  });
}

Result<SessionSweep::Seen> SessionSweep::look_at(const Sessions& sessions) {
  Seen seen;
  for (std::span rest(sessions); !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), page));
    rest = rest.subspan(part.size());
    using Live = std::vector<identity::LiveSession>;
    const auto live = unit_of_work_.read(
        [&](const ReadContext& context) -> Result<Live> { return sessions_.live_of(context, part); });
    if (!live) return std::unexpected(live.error());
    std::unordered_set<SessionId> alive;
    for (const auto& [id, ends_at] : *live) {
      alive.insert(id);
      seen.next_end = std::min(seen.next_end, ends_at);
    }
    std::ranges::copy_if(part, std::back_inserter(seen.ended),
                         [&](SessionId session) { return !alive.contains(session); });
  }
  return seen;
}

void SessionSweep::close(const Sessions& ended) {
  for (const SessionId session : ended) hub_.close_session(session, CloseCode::session_ended, "the session ended");
  found_counter_.add(static_cast<std::int64_t>(ended.size()));
}

}  // namespace orbit::realtime
