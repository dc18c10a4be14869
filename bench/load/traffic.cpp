#include "load/traffic.hpp"

namespace orbit::bench {

namespace {

std::uint64_t nanoseconds_of(TimePoint time) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(time.time_since_epoch()).count());
}

}  // namespace

Traffic::Traffic(Poller& poller, Crowd& crowd, const TrafficOptions& options, std::uint32_t first)
    : poller_(poller), crowd_(crowd), options_(options), first_(first) {}

Outcome<TrafficResult> Traffic::go() {
  crowd_.tell(this);
  const auto start = Clock::now();
  if (auto kept = options_.rate > 0 ? keep_rate() : keep_window(); !kept) return std::unexpected(kept.error());
  if (auto drained = drain(); !drained) return std::unexpected(drained.error());
  result_.messages = missing_.size();
  result_.seconds = milliseconds(last_.value_or(start) - start) / 1'000;
  return result_;
}

void Traffic::delivered(const Stamp& stamp, TimePoint at) {
  const std::uint32_t index = stamp.number - first_;
  if (index >= missing_.size() || missing_[index] == 0) return;
  const std::uint64_t now = nanoseconds_of(at);
  result_.latency_ns.add(now > stamp.sent_ns ? now - stamp.sent_ns : 0);
  last_ = at;
  if (--missing_[index] == 0) ++complete_;
}

void Traffic::say(TimePoint intended) {
  const std::size_t channels = crowd_.shape().channels;
  const std::size_t channel = channels == 1 ? 0 : random_() % channels;
  const auto number = first_ + static_cast<std::uint32_t>(missing_.size());
  missing_.push_back(listeners_of(channel));
  crowd_.say(channel, message_of(crowd_.dialect(), {nanoseconds_of(intended), number}, options_.bytes));
}

std::uint32_t Traffic::listeners_of(std::size_t channel) const {
  const CrowdShape& shape = crowd_.shape();
  const bool one_more = channel < shape.sockets % shape.channels;
  return static_cast<std::uint32_t>(shape.sockets / shape.channels + (one_more ? 1 : 0));
}

Outcome<> Traffic::keep_window() {
  const auto end = Clock::now() + options_.duration;
  for (auto now = Clock::now(); now < end; now = Clock::now()) {
    while (missing_.size() - complete_ < options_.window) say(now);
    crowd_.flush();
    poller_.turn(end - now);
    if (crowd_.failure()) return std::unexpected(*crowd_.failure());
  }
  return {};
}

Outcome<> Traffic::keep_rate() {
  constexpr std::chrono::milliseconds granularity{2};  // of the poller's timeouts, and some more
  const auto start = Clock::now();
  const auto end = start + options_.duration;
  const auto moment = [&](std::size_t number) {
    const std::chrono::duration<double> after(static_cast<double>(number) / options_.rate);
    return start + std::chrono::duration_cast<Clock::duration>(after);
  };
  for (auto now = start; now < end; now = Clock::now()) {
    while (moment(missing_.size()) <= now) say(moment(missing_.size()));
    crowd_.flush();
    const auto next = moment(missing_.size());
    poller_.turn(next - now > granularity ? next - now - granularity : Clock::duration::zero());
    if (crowd_.failure()) return std::unexpected(*crowd_.failure());
  }
  return {};
}

Outcome<> Traffic::drain() {
  const auto settled = [this] { return complete_ == missing_.size() || crowd_.failure(); };
  const bool in_time = poller_.turn_until(settled, Clock::now() + std::chrono::seconds(15));
  if (crowd_.failure()) return std::unexpected(*crowd_.failure());
  if (!in_time) return failure(std::to_string(missing_.size() - complete_) + " messages have not reached everyone");
  return {};
}

}  // namespace orbit::bench
