#include "realtime/queue_probe.hpp"

#include <algorithm>

namespace orbit::realtime {

QueueProbe::QueueProbe(kernel::Scheduler& scheduler, const kernel::Clock& clock, kernel::MetricsRegistry& metrics)
    : scheduler_(scheduler),
      clock_(clock),
      waited_(metrics.histogram("orbit_realtime_wait_seconds",
                                "Until a task posted to the realtime thread had its turn, asked once a second")) {}

QueueProbe::~QueueProbe() { scheduler_.cancel(timer_); }

void QueueProbe::start() {
  due_ = clock_.steady_now() + interval;
  timer_ = scheduler_.after(interval, [this] {
    scheduler_.post([this, posted = clock_.steady_now()] {
      waited_.observe(clock_.steady_now() - posted);
      start();
    });
  });
}

std::chrono::nanoseconds QueueProbe::overdue() const {
  const auto now = clock_.steady_now();
  return now - std::min<kernel::SteadyTime>(due_, now);
}

}  // namespace orbit::realtime
