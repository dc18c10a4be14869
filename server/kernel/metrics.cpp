#include "kernel/metrics.hpp"

#include <numeric>

namespace orbit::kernel {

std::int64_t Histogram::count() const {
  return std::accumulate(buckets_.begin(), buckets_.end(), std::int64_t{0}, [](std::int64_t sum, const auto& bucket) {
    return sum + bucket.load(std::memory_order_relaxed);
  });
}

Metric& MetricsRegistry::counter(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_add(MetricKind::counter, name, help, std::move(labels)).metric;
}

Metric& MetricsRegistry::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_add(MetricKind::gauge, name, help, std::move(labels)).metric;
}

Histogram& MetricsRegistry::histogram(std::string_view name, std::string_view help, MetricLabels labels) {
  return *find_or_add(MetricKind::histogram, name, help, std::move(labels)).histogram;
}

Metric& MetricsRegistry::age(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_add(MetricKind::age, name, help, std::move(labels)).metric;
}

MetricsRegistry::Entry& MetricsRegistry::find_or_add(MetricKind kind, std::string_view name, std::string_view help,
                                                     MetricLabels labels) {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.name == name && entry.labels == labels) return entry;
  }
  auto histogram = kind == MetricKind::histogram ? std::make_unique<Histogram>() : nullptr;
  Entry& made = entries_.emplace_back(kind, std::string(name), std::string(help), std::move(labels));
  made.histogram = std::move(histogram);
  return made;
}

void MetricsRegistry::visit(const std::function<void(const Entry&)>& visitor) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) visitor(entry);
}

}  // namespace orbit::kernel
