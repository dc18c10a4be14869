#include "app/metrics_exposer.hpp"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <map>

#include "app/config.hpp"

namespace orbit::app {

namespace {

class RegistryReader final : public prometheus::Collectable {
 public:
  explicit RegistryReader(const kernel::MetricsRegistry& metrics) : metrics_(metrics) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
    std::map<std::string, prometheus::MetricFamily> families;
    metrics_.visit([&](const kernel::MetricsRegistry::Entry& entry) {
      prometheus::MetricFamily& family = families[entry.name];
      const bool counts = entry.kind == kernel::MetricKind::counter;
      family.name = entry.name;
      family.help = entry.help;
      family.type = counts ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
      prometheus::ClientMetric metric;
      for (const auto& [name, value] : entry.labels) metric.label.push_back({name, value});
      (counts ? metric.counter.value : metric.gauge.value) = static_cast<double>(entry.metric.value());
      family.metric.push_back(std::move(metric));
    });
    std::vector<prometheus::MetricFamily> out;
    for (auto& [name, family] : families) out.push_back(std::move(family));
    return out;
  }

 private:
  const kernel::MetricsRegistry& metrics_;
};

struct Handle {
  Handle(const kernel::MetricsRegistry& metrics, const std::string& address)
      : reader(std::make_shared<RegistryReader>(metrics)), exposer(address) {
    exposer.RegisterCollectable(reader);
  }

  std::shared_ptr<RegistryReader> reader;  // the exposer holds it weakly
  prometheus::Exposer exposer;
};

}  // namespace

kernel::Result<std::shared_ptr<void>> expose_metrics(const std::string& host, unsigned short port,
                                                     const kernel::MetricsRegistry& metrics) {
  const std::string address = host_and_port(host, port);
  try {
    return std::shared_ptr<void>(std::make_shared<Handle>(metrics, address));
  } catch (const std::exception& error) {
    return kernel::failure(kernel::ErrorKind::unavailable, "metrics.cannot_listen",
                           "Can't serve metrics on " + address + ": " + error.what());
  }
}

}  // namespace orbit::app
