#include "kernel/metrics.hpp"

namespace orbit::kernel {

Metric& MetricsRegistry::counter(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_add(MetricKind::counter, name, help, std::move(labels));
}

Metric& MetricsRegistry::gauge(std::string_view name, std::string_view help, MetricLabels labels) {
  return find_or_add(MetricKind::gauge, name, help, std::move(labels));
}

Metric& MetricsRegistry::find_or_add(MetricKind kind, std::string_view name, std::string_view help,
                                     MetricLabels labels) {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.name == name && entry.labels == labels) return entry.metric;
  }
  return entries_.emplace_back(kind, std::string(name), std::string(help), std::move(labels)).metric;
}

void MetricsRegistry::visit(const std::function<void(const Entry&)>& visitor) const {
  const std::lock_guard lock(mutex_);
  for (const Entry& entry : entries_) visitor(entry);
}

}  // namespace orbit::kernel
