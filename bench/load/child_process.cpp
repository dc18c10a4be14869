#include "load/child_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>

namespace orbit::bench {

namespace {

// The kernel's count in nanoseconds, where it keeps one; nothing else is precise enough for a single tab.
double thread_cpu_ns(const std::filesystem::path& task) {
  double on_cpu = 0;
  std::ifstream(task / "schedstat") >> on_cpu;
  return on_cpu;
}

// utime and stime, in ticks of usually 10 ms: fields 14 and 15, counted from behind the program's name.
double ticks_us(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double process_cpu_us(pid_t pid) {
  double ns = 0;
  std::error_code ignored;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", ignored)) {
    ns += thread_cpu_ns(task.path());
  }
  return ns > 0 ? ns / 1000 : ticks_us(pid);
}

void stay_on_core(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}

// The process and those that it has started, as nginx does its worker.
std::vector<pid_t> family_of(pid_t pid) {
  std::vector<pid_t> family{pid};
  for (std::size_t i = 0; i < family.size(); ++i) {
    const std::string id = std::to_string(family[i]);
    std::ifstream children("/proc/" + id + "/task/" + id + "/children");
    for (pid_t child = 0; children >> child;) family.push_back(child);
  }
  return family;
}

}  // namespace

Outcome<> ChildProcess::start(const ChildOptions& options) {
  Descriptor output;
  if (auto spawned = spawn(options, output); !spawned) return spawned;
  if (auto listening = await_listening(output.get(), options.log); !listening) {
    end(SIGKILL);
    return listening;
  }
  output_ = std::move(output);
  return {};
}

Outcome<> ChildProcess::spawn(const ChildOptions& options, Descriptor& output) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return system_failure("no pipe");
  output = Descriptor(ends[0]);
  const Descriptor input(ends[1]);
  std::vector<std::string> words = options.command;
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  pid_ = fork();
  if (pid_ < 0) return system_failure("can't fork");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(input.get(), STDOUT_FILENO);
    const int log_file = ::open(options.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log_file >= 0) dup2(log_file, STDERR_FILENO);
    if (options.core) stay_on_core(*options.core);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  return {};
}

Outcome<> ChildProcess::await_listening(int output, const std::filesystem::path& log) {
  std::string said;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = read(output, buffer.data(), buffer.size());
    if (count <= 0) return failure("the server did not start; see " + log.string());
    said.append(buffer.data(), static_cast<std::size_t>(count));
    const auto line = said.find("listening on ");
    const auto end = line == std::string::npos ? line : said.find('\n', line);
    if (end == std::string::npos) continue;
    listening_since_ = Clock::now();
    const auto colon = said.rfind(':', end);
    std::from_chars(said.data() + colon + 1, said.data() + end, port_);
    return {};
  }
}

void ChildProcess::end(int signal) {
  if (pid_ <= 0) return;
  ::kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

double ChildProcess::cpu_us() const { return pid_ > 0 ? family_cpu_us(pid_) : 0; }

double family_cpu_us(pid_t parent) {
  double us = 0;
  for (const pid_t pid : family_of(parent)) us += process_cpu_us(pid);
  return us;
}

double ChildProcess::status_kb(std::string_view key) const {
  if (pid_ <= 0) return 0;
  double kb = 0;
  for (const pid_t pid : family_of(pid_)) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with(key)) kb += std::stod(line.substr(key.size()));
    }
  }
  return kb;
}

CorePin::CorePin(int core) {
  sched_getaffinity(0, sizeof before_, &before_);
  stay_on_core(core);
}

}  // namespace orbit::bench
