// Metrics: named counters, gauges and histograms that any room can count with; `app` exports them in Prometheus'
// format. Counting is lock-free from any thread. Make instruments once, when a room is put together, and keep the
// reference: it lives as long as the registry.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orbit::kernel {

enum class MetricKind { counter, gauge, age, histogram };

/// One number under one set of labels.
class Metric {
 public:
  void add(std::int64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  void set(std::int64_t to) { value_.store(to, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// How long something took, each time. Two atomic additions an observation.
class Histogram {
 public:
  /// Upper bounds of the buckets; one more takes what is longer.
  static constexpr std::array bounds = [] {
    using std::chrono::microseconds;
    return std::array{
        microseconds(100),       microseconds(250),       microseconds(500),       microseconds(1'000),
        microseconds(2'500),     microseconds(5'000),     microseconds(10'000),    microseconds(25'000),
        microseconds(50'000),    microseconds(100'000),   microseconds(250'000),   microseconds(500'000),
        microseconds(1'000'000), microseconds(2'500'000), microseconds(5'000'000), microseconds(10'000'000)};
  }();

  void observe(std::chrono::nanoseconds took) {
    std::size_t bucket = 0;
    while (bucket < bounds.size() && took > bounds[bucket]) ++bucket;
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(took.count(), std::memory_order_relaxed);
  }

  /// How many fell into the bucket, and into no smaller one.
  [[nodiscard]] std::int64_t in_bucket(std::size_t bucket) const {
    return buckets_[bucket].load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::int64_t count() const;
  [[nodiscard]] std::chrono::nanoseconds sum() const {
    return std::chrono::nanoseconds(sum_.load(std::memory_order_relaxed));
  }

 private:
  std::array<std::atomic<std::int64_t>, bounds.size() + 1> buckets_{};
  std::atomic<std::int64_t> sum_{0};
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
    std::unique_ptr<Histogram> histogram;  // of that kind only
  };

  /// The same name and labels give the same instrument. Names follow Prometheus practice: "orbit_…_total" for counters.
  [[nodiscard]] Metric& counter(std::string_view name, std::string_view help, MetricLabels labels = {});
  [[nodiscard]] Metric& gauge(std::string_view name, std::string_view help, MetricLabels labels = {});

  /// Of durations; the name ends in "_seconds".
  [[nodiscard]] Histogram& histogram(std::string_view name, std::string_view help, MetricLabels labels = {});

  /// A gauge that holds since when something has been so, in nanoseconds of steady time, and is shown as the seconds
  /// that have passed since; 0 while it is not so.
  [[nodiscard]] Metric& age(std::string_view name, std::string_view help, MetricLabels labels = {});

  void visit(const std::function<void(const Entry&)>& visitor) const;

 private:
  Entry& find_or_add(MetricKind kind, std::string_view name, std::string_view help, MetricLabels labels);

  mutable std::mutex mutex_;  // protects entries_' shape; the numbers in it need no lock
  std::deque<Entry> entries_;
};

}  // namespace orbit::kernel
