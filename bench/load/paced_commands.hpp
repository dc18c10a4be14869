// PacedCommands: requests that fall due at an even pace, each asked on a connection that is free, or as soon as one is.
// Runs on the poller's thread; not to be destroyed from within the poller's turn.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "load/http_connection.hpp"
#include "load/samples.hpp"

namespace orbit::bench {

class PacedCommands {
 public:
  struct Plan {
    unsigned short port = 0;
    std::size_t connections = 1;
    double per_second = 1;
    std::size_t count = 1;
    std::function<std::string()> request;
    bool may_be_refused = false;  // 503 is an answer like others
  };

  PacedCommands(Poller& poller, Plan plan);
  PacedCommands(const PacedCommands&) = delete;
  PacedCommands& operator=(const PacedCommands&) = delete;

  void start();

  /// All are answered or refused, or one has failed.
  [[nodiscard]] bool done() const { return answered_ == plan_.count || failure_; }
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  [[nodiscard]] std::size_t answered() const { return answered_; }

  [[nodiscard]] TimePoint due(std::size_t number) const;

  /// From when each was due until it was answered.
  [[nodiscard]] const Samples& answer_ms() const { return answer_ms_; }
  /// The same, of those that were refused.
  [[nodiscard]] const Samples& refusal_ms() const { return refusal_ms_; }

 private:
  void release();
  void ask_next();
  void on_answer(HttpConnection& connection, TimePoint due, const Outcome<HttpAnswer>& answer);

  Poller& poller_;
  Plan plan_;
  std::deque<HttpConnection> connections_;
  std::vector<HttpConnection*> free_;
  TimePoint started_;
  std::size_t released_ = 0;  // that are due
  std::size_t asked_ = 0;
  std::size_t answered_ = 0;
  Samples answer_ms_;
  Samples refusal_ms_;
  std::optional<Failure> failure_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for timers that come too late
};

}  // namespace orbit::bench
