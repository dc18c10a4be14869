#include "app/metrics_exposer.hpp"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>

#include <map>

#include "app/config.hpp"
#include "app/process_metrics.hpp"

namespace orbit::app {

namespace {

using kernel::Histogram;
using kernel::MetricKind;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

double in_seconds(std::chrono::duration<double> time) { return time.count(); }

MetricType type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::counter:
      return MetricType::Counter;
    case MetricKind::histogram:
      return MetricType::Histogram;
    case MetricKind::gauge:
    case MetricKind::age:
      break;
  }
  return MetricType::Gauge;
}

ClientMetric::Histogram value_of(const Histogram& histogram) {
  ClientMetric::Histogram value;
  for (std::size_t i = 0; i <= Histogram::bounds.size(); ++i) {
    const bool is_last = i == Histogram::bounds.size();
    value.sample_count += static_cast<std::uint64_t>(histogram.in_bucket(i));
    value.bucket.push_back(
        {value.sample_count, is_last ? std::numeric_limits<double>::infinity() : in_seconds(Histogram::bounds[i])});
  }
  value.sample_sum = in_seconds(histogram.sum());
  return value;
}

class RegistryReader final : public prometheus::Collectable {
 public:
  RegistryReader(const kernel::MetricsRegistry& metrics, const kernel::Clock& clock)
      : metrics_(metrics), clock_(clock) {}

  [[nodiscard]] std::vector<MetricFamily> Collect() const override {
    std::map<std::string, MetricFamily> families;
    metrics_.visit([&](const kernel::MetricsRegistry::Entry& entry) {
      MetricFamily& family = families[entry.name];
      family.name = entry.name;
      family.help = entry.help;
      family.type = type_of(entry.kind);
      family.metric.push_back(read(entry));
    });
    std::vector<MetricFamily> out;
    for (auto& [name, family] : families) out.push_back(std::move(family));
    return out;
  }

 private:
  [[nodiscard]] ClientMetric read(const kernel::MetricsRegistry::Entry& entry) const {
    ClientMetric read;
    for (const auto& [name, value] : entry.labels) read.label.push_back({name, value});
    const std::int64_t value = entry.metric.value();
    switch (entry.kind) {
      case MetricKind::counter:
        read.counter.value = static_cast<double>(value);
        break;
      case MetricKind::gauge:
        read.gauge.value = static_cast<double>(value);
        break;
      case MetricKind::age:
        if (value != 0)
          read.gauge.value = in_seconds(clock_.steady_now().time_since_epoch() - std::chrono::nanoseconds(value));
        break;
      case MetricKind::histogram:
        read.histogram = value_of(*entry.histogram);
        break;
    }
    return read;
  }

  const kernel::MetricsRegistry& metrics_;
  const kernel::Clock& clock_;
};

class ProcessReader final : public prometheus::Collectable {
 public:
  [[nodiscard]] std::vector<MetricFamily> Collect() const override {
    const auto process = read_process_metrics();
    if (!process) return {};
    const auto gauge = [](const char* name, const char* help, double value) {
      ClientMetric metric;
      metric.gauge.value = value;
      return MetricFamily{name, help, MetricType::Gauge, {metric}};
    };
    const auto count = [](std::int64_t value) { return static_cast<double>(value); };
    ClientMetric cpu;
    cpu.counter.value = process->cpu_seconds;
    return {
        {"process_cpu_seconds_total",
         "CPU time of all threads, in the program and the kernel",
         MetricType::Counter,
         {cpu}},
        gauge("process_start_time_seconds", "When the process began, in Unix time", process->start_time),
        gauge("process_resident_memory_bytes", "Memory in RAM", count(process->resident_bytes)),
        gauge("process_virtual_memory_bytes", "Address space", count(process->virtual_bytes)),
        gauge("process_threads", "Threads", count(process->threads)),
        gauge("process_open_fds", "Descriptors in use: one for each socket, and some",
              count(process->open_descriptors)),
        gauge("process_max_fds", "Descriptors that the process may have", count(process->max_descriptors)),
    };
  }
};

struct Handle {
  Handle(const kernel::MetricsRegistry& metrics, const kernel::Clock& clock, const std::string& address)
      : reader(std::make_shared<RegistryReader>(metrics, clock)), exposer(address) {
    exposer.RegisterCollectable(reader);
    exposer.RegisterCollectable(process);
  }

  std::shared_ptr<RegistryReader> reader;  // the exposer holds both weakly
  std::shared_ptr<ProcessReader> process = std::make_shared<ProcessReader>();
  prometheus::Exposer exposer;
};

}  // namespace

kernel::Result<std::shared_ptr<void>> expose_metrics(const std::string& host, unsigned short port,
                                                     const kernel::MetricsRegistry& metrics,
                                                     const kernel::Clock& clock) {
  const std::string address = host_and_port(host, port);
  try {
    return std::shared_ptr<void>(std::make_shared<Handle>(metrics, clock, address));
  } catch (const std::exception& error) {
    return kernel::failure(kernel::ErrorKind::unavailable, "metrics.cannot_listen",
                           "Can't serve metrics on " + address + ": " + error.what());
  }
}

}  // namespace orbit::app
