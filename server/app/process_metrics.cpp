#include "app/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace orbit::app {

namespace {

// Unix time; 0 where it is not said.
double boot_time() {
  std::ifstream stat("/proc/stat");
  for (std::string word; stat >> word;) {
    double seconds = 0;
    if (word == "btime" && stat >> seconds) return seconds;
  }
  return 0;
}

std::int64_t open_descriptors() {
  std::error_code unreadable;
  const std::filesystem::directory_iterator entries("/proc/self/fd", unreadable);
  if (unreadable) return 0;
  return std::distance(begin(entries), end(entries)) - 1;  // but the one that this took
}

}  // namespace

std::optional<ProcessMetrics> read_process_metrics() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line) || line.rfind(')') == std::string::npos) return std::nullopt;
  // The name before it may hold anything. The fields after it count from 3 on, as in proc(5).
  std::istringstream fields(line.substr(line.rfind(')') + 1));
  const auto skip = [&](int count) {
    for (std::string ignored; count > 0; --count) fields >> ignored;
  };
  const auto ticks_a_second = static_cast<double>(sysconf(_SC_CLK_TCK));
  double user = 0, system = 0, started = 0;
  std::int64_t pages = 0;
  ProcessMetrics read;
  skip(11);
  fields >> user >> system;  // 14, 15
  skip(4);
  fields >> read.threads;  // 20
  skip(1);
  fields >> started >> read.virtual_bytes >> pages;  // 22 to 24
  if (!fields) return std::nullopt;
  read.cpu_seconds = (user + system) / ticks_a_second;
  read.start_time = boot_time() + started / ticks_a_second;
  read.resident_bytes = pages * sysconf(_SC_PAGESIZE);
  read.open_descriptors = open_descriptors();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) read.max_descriptors = static_cast<std::int64_t>(limit.rlim_cur);
  return read;
}

}  // namespace orbit::app
