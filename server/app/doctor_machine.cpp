#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/timex.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "app/doctor.hpp"

namespace orbit::app {

using State = Finding::State;

namespace {

constexpr std::uintmax_t mebibyte = 1024 * 1024;

// What a node holds beside its sockets once all is full: docs/limits.md has them one by one.
constexpr std::uintmax_t history = 256 * mebibyte;
constexpr std::uintmax_t snapshots = 64 * mebibyte;
constexpr std::uintmax_t passwords = 4 * 64 * mebibyte;
constexpr std::uintmax_t an_idle_socket = 8 * 1024;  // with what the kernel keeps of it

// Of descriptors: the database, the shards' own, the backplane, metrics, HTTP.
constexpr std::uintmax_t beside_sockets = 200;

std::uintmax_t shards_of(const Config& config) {
  return config.shards != 0 ? config.shards : std::max(1U, std::thread::hardware_concurrency());
}

std::uintmax_t descriptors() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 0;  // a node raises its own to the hard limit
}

void examine_descriptors(const Config& config, Findings& findings) {
  const std::uintmax_t limit = descriptors();
  const std::uintmax_t allowed = shards_of(config) * config.max_connections;
  const std::string says = fmt::format("{} at most, --max-connections allows {} sockets", limit, allowed);
  const bool enough = limit == RLIM_INFINITY || limit >= allowed + beside_sockets;
  if (limit != RLIM_INFINITY && limit < 1'024) {
    findings.push_back({State::wrong, "descriptors", says, "Raise the limit: ulimit -n, or LimitNOFILE= in the unit."});
  } else {
    findings.push_back({enough ? State::ok : State::look, "descriptors", says,
                        enough
                            ? ""
                            : fmt::format("Raise the limit (ulimit -n, LimitNOFILE=) to {}, or lower "
                                          "--max-connections to {}: then those beyond get a 503.",
                                          allowed + beside_sockets,
                                          (std::max(limit, beside_sockets + 1) - beside_sockets) / shards_of(config))});
  }
}

void examine_cores(const Config& config, Findings& findings) {
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const bool fits = shards_of(config) <= cores;
  findings.push_back({fits ? State::ok : State::look, "cores",
                      fmt::format("{}, for {} shards", cores, shards_of(config)),
                      fits ? "" : "More shards than cores only share them: leave --shards at 0."});
}

std::uintmax_t number_in(const std::string& path) {
  std::uintmax_t number = 0;
  std::ifstream(path) >> number;  // "max" stays 0
  return number;
}

// What this process may use: the machine's, or what its control group allows it. 0 where that can't be told.
std::uintmax_t memory() {
  std::uintmax_t bytes = 0;
  std::ifstream machine("/proc/meminfo");
  for (std::string name, unit; machine >> name >> bytes && std::getline(machine, unit);) {
    if (name == "MemTotal:") break;
  }
  bytes *= 1024;
  std::string group;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::")) group = line.substr(3);
  }
  for (; !group.empty(); group.resize(group.rfind('/') == std::string::npos ? 0 : group.rfind('/'))) {
    const std::uintmax_t limit = number_in("/sys/fs/cgroup" + group + "/memory.max");
    if (limit != 0) bytes = std::min(bytes, limit);
  }
  return bytes;
}

void examine_memory(const Config& config, Findings& findings) {
  const std::uintmax_t sockets = std::min(descriptors(), shards_of(config) * config.max_connections);
  const std::uintmax_t full = history + snapshots + passwords;
  const std::uintmax_t needed = full + sockets * an_idle_socket;
  const std::uintmax_t there = memory();
  const std::string says = fmt::format(
      "{}; {} with all caches full and {} quiet sockets, and up to {} more for each "
      "socket that is slow",
      there == 0 ? "unknown" : size_in_words(there), size_in_words(needed), sockets,
      size_in_words(config.outbound_queue));
  if (there == 0 || there >= needed) {
    findings.push_back({State::ok, "memory", says});
  } else {
    findings.push_back({there < full ? State::wrong : State::look, "memory", says,
                        "Give it more (MemoryMax=, the container's limit), or lower --max-connections."});
  }
}

void examine_clock(const kernel::Clock& clock, Findings& findings) {
  constexpr kernel::Timestamp beginning{
      std::chrono::milliseconds{1'767'225'600'000}};  // 2026: before it there was none
  const std::string now = kernel::to_iso8601(clock.now());
  if (clock.now() < beginning) {
    findings.push_back({State::wrong, "clock", now + " is in the past", "Set it: sessions and events carry its time."});
    return;
  }
  timex state{};
  const bool synchronised = adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0;
  findings.push_back({synchronised ? State::ok : State::look, "clock",
                      now + (synchronised ? ", kept by NTP" : ", and nothing keeps it right"),
                      synchronised ? "" : "Run chrony or systemd-timesyncd here, or on the host of this container."});
}

}  // namespace

void examine_machine(const Config& config, const kernel::Clock& clock, Findings& findings) {
  examine_descriptors(config, findings);
  examine_cores(config, findings);
  examine_memory(config, findings);
  examine_clock(clock, findings);
}

}  // namespace orbit::app
