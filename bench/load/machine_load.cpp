#include "load/machine_load.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>

namespace orbit::bench {

namespace {

double cpu_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// All but idle and waiting for disks, since the machine was started.
double busy_seconds() {
  std::ifstream file("/proc/stat");
  std::string label;
  double user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, soft_irq = 0, stolen = 0;
  file >> label >> user >> nice >> system >> idle >> waiting >> irq >> soft_irq >> stolen;
  return (user + nice + system + irq + soft_irq + stolen) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

double own_cpu_seconds() { return cpu_seconds(RUSAGE_SELF); }

double MachineLoad::others() const {
  const double node = node_ == nullptr ? 0 : node_->cpu_us() / 1e6;
  return busy_seconds() - own_cpu_seconds() - cpu_seconds(RUSAGE_CHILDREN) - node;
}

double MachineLoad::others_share() const {
  const double passed = milliseconds(Clock::now() - started_) / 1000;
  const auto cpus = static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
  return std::clamp((others() - others_before_) / passed / cpus, 0.0, 1.0);
}

}  // namespace orbit::bench
