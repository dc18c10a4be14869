#include "load/paced_commands.hpp"

#include <algorithm>

namespace orbit::bench {

PacedCommands::PacedCommands(Poller& poller, Plan plan) : poller_(poller), plan_(std::move(plan)) {
  for (std::size_t i = 0; i < plan_.connections; ++i) free_.push_back(&connections_.emplace_back(poller, plan_.port));
}

void PacedCommands::start() {
  started_ = Clock::now();
  release();
}

TimePoint PacedCommands::due(std::size_t number) const {
  const std::chrono::duration<double> after(static_cast<double>(number) / plan_.per_second);
  return started_ + std::chrono::duration_cast<Clock::duration>(after);
}

void PacedCommands::release() {
  const auto now = Clock::now();
  while (released_ < plan_.count && due(released_) <= now) ++released_;
  ask_next();
  if (released_ == plan_.count) return;
  poller_.after(std::max<Clock::duration>(due(released_) - Clock::now(), std::chrono::microseconds(1)),
                [this, alive = std::weak_ptr(alive_)] {
                  if (!alive.expired()) release();
                });
}

void PacedCommands::ask_next() {
  while (asked_ < released_ && !free_.empty() && !failure_) {
    HttpConnection& connection = *free_.back();
    free_.pop_back();
    connection.ask(plan_.request(), [this, &connection, at = due(asked_++)](const Outcome<HttpAnswer>& answer) {
      on_answer(connection, at, answer);
    });
  }
}

void PacedCommands::on_answer(HttpConnection& connection, TimePoint due, const Outcome<HttpAnswer>& answer) {
  const bool refused = answer && plan_.may_be_refused && answer->status == 503;
  if (!answer) {
    failure_ = answer.error();
  } else if (!refused && (answer->status < 200 || answer->status >= 300)) {
    failure_ = Failure{"a command was answered " + std::to_string(answer->status) + ": " + answer->body};
  }
  if (failure_) return;
  ++answered_;
  (refused ? refusal_ms_ : answer_ms_).add(milliseconds(Clock::now() - due));
  free_.push_back(&connection);
  ask_next();
}

}  // namespace orbit::bench
