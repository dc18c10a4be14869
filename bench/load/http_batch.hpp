// Many requests over a few connections, each of which asks its next as soon as it is answered: a closed loop. Runs on
// the poller's thread, and returns when all are answered.
#pragma once

#include <functional>

#include "load/http_connection.hpp"
#include "load/samples.hpp"

namespace orbit::bench {

struct HttpBatch {
  unsigned short port = 0;
  std::size_t connections = 1;
  std::size_t requests = 1;
  std::function<std::string(std::size_t number)> request;
  /// nullptr: anything but a 2xx is a failure.
  std::function<Outcome<>(std::size_t number, const HttpAnswer& answer)> on_answer = nullptr;
};

struct HttpBatchResult {
  double seconds = 0;
  Samples latency_ms;
};

/// Stops at the first failure.
[[nodiscard]] Outcome<HttpBatchResult> run(Poller& poller, const HttpBatch& batch);

/// A single one.
[[nodiscard]] Outcome<HttpAnswer> ask(Poller& poller, unsigned short port, std::string request);

}  // namespace orbit::bench
