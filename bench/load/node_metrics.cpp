#include "load/node_metrics.hpp"

#include <charconv>

namespace orbit::bench {

NodeMetrics metrics_in(std::string_view text) {
  NodeMetrics metrics;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto space = line.rfind(' ');
    if (space == std::string_view::npos || line.starts_with('#')) continue;
    double value = 0;
    const std::string_view digits = line.substr(space + 1);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), value).ec != std::errc{}) continue;
    metrics.emplace(line.substr(0, space), value);
  }
  return metrics;
}

Outcome<NodeMetrics> read_metrics(Poller& poller, unsigned short port) {
  const auto answer = ask(poller, port, "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != 200) return failure("the metrics were answered " + std::to_string(answer->status));
  return metrics_in(answer->body);
}

}  // namespace orbit::bench
