#include "load/http_batch.hpp"

#include <deque>
#include <optional>

namespace orbit::bench {

namespace {

constexpr std::chrono::seconds patience{120};  // without an answer

Outcome<> expect_success(const HttpAnswer& answer) {
  if (answer.status >= 200 && answer.status < 300) return {};
  return failure("a request was answered " + std::to_string(answer.status) + ": " + answer.body);
}

class Run {
 public:
  Run(Poller& poller, const HttpBatch& batch) : poller_(poller), batch_(batch) {}

  Outcome<HttpBatchResult> go() {
    const auto started = Clock::now();
    for (std::size_t i = 0; i < std::min(batch_.connections, batch_.requests); ++i) {
      ask_next(connections_.emplace_back(poller_, batch_.port));
    }
    heard_ = started;
    while (answered_ < batch_.requests && !failure_) {
      if (Clock::now() - heard_ > patience) return failure("the node doesn't answer");
      poller_.turn(std::chrono::seconds(1));
    }
    if (failure_) return std::unexpected(*failure_);
    result_.seconds = std::chrono::duration<double>(Clock::now() - started).count();
    return std::move(result_);
  }

 private:
  void ask_next(HttpConnection& connection) {
    if (asked_ == batch_.requests || failure_) return;
    const std::size_t number = asked_++;
    std::string request = batch_.request(number);
    connection.ask(std::move(request), [this, &connection, number, at = Clock::now()](Outcome<HttpAnswer> answer) {
      if (!answer) return fail(answer.error());
      heard_ = Clock::now();
      result_.latency_ms.add(milliseconds(Clock::now() - at));
      const auto taken = batch_.on_answer ? batch_.on_answer(number, *answer) : expect_success(*answer);
      if (!taken) return fail(taken.error());
      ++answered_;
      ask_next(connection);
    });
  }

  void fail(const Failure& why) {
    if (!failure_) failure_ = why;
  }

  Poller& poller_;
  const HttpBatch& batch_;
  std::deque<HttpConnection> connections_;
  std::size_t asked_ = 0;
  std::size_t answered_ = 0;
  TimePoint heard_;  // when the last answer came
  std::optional<Failure> failure_;
  HttpBatchResult result_;
};

}  // namespace

Outcome<HttpBatchResult> run(Poller& poller, const HttpBatch& batch) { return Run(poller, batch).go(); }

Outcome<HttpAnswer> ask(Poller& poller, unsigned short port, std::string request) {
  HttpAnswer got;
  const auto keep = [&](std::size_t, const HttpAnswer& answer) {
    got = answer;
    return expect_success(answer);
  };
  const auto done = run(poller, {port, 1, 1, [&](std::size_t) { return std::move(request); }, keep});
  if (!done) return std::unexpected(done.error());
  return got;
}

}  // namespace orbit::bench
