// What the operating system says of this process, under the names that all of Prometheus' clients use. Linux's /proc is
// read at each call. Any thread.
#pragma once

#include <cstdint>
#include <optional>

namespace orbit::app {

struct ProcessMetrics {
  double cpu_seconds = 0;
  double start_time = 0;  // Unix time
  std::int64_t resident_bytes = 0;
  std::int64_t virtual_bytes = 0;
  std::int64_t threads = 0;
  std::int64_t open_descriptors = 0;
  std::int64_t max_descriptors = 0;
};

/// nullopt where /proc can't be read.
[[nodiscard]] std::optional<ProcessMetrics> read_process_metrics();

}  // namespace orbit::app
