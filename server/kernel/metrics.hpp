// Metrics: named counters and gauges that any room can count with; `app` exports them in Prometheus' format.
// Counting is lock-free from any thread. Make instruments once, when a room is put together, and keep the reference:
// it lives as long as the registry.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orbit::kernel {

enum class MetricKind { counter, gauge };

/// One number under one set of labels.
class Metric {
 public:
  void add(std::int64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  void set(std::int64_t to) { value_.store(to, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class MetricsRegistry {
 public:
  struct Entry {
    MetricKind kind;
    std::string name;
    std::string help;
    MetricLabels labels;
    Metric metric;
  };

  /// The same name and labels give the same instrument. Names follow Prometheus practice: "orbit_…_total" for counters.
  [[nodiscard]] Metric& counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  [[nodiscard]] Metric& gauge(std::string_view name, std::string_view help, MetricLabels labels = {});

  void visit(const std::function<void(const Entry&)>& visitor) const;

 private:
  Metric& find_or_add(MetricKind kind, std::string_view name, std::string_view help, MetricLabels labels);

  mutable std::mutex mutex_;  // protects entries_' shape; the numbers in it need no lock
  std::deque<Entry> entries_;
};

}  // namespace orbit::kernel
