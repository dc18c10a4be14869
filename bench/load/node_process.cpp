#include "load/node_process.hpp"

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
double process_cpu_us(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string stat((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

Outcome<> NodeProcess::start() {
  Descriptor output;
  if (auto spawned = spawn(output); !spawned) return spawned;
  if (auto listening = await_listening(output.get()); !listening) {
    kill();
    return listening;
  }
  output_ = std::move(output);
  return {};
}

Outcome<> NodeProcess::spawn(Descriptor& output) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return system_failure("no pipe");
  output = Descriptor(ends[0]);
  const Descriptor input(ends[1]);
  const std::string log = options_.database.string() + ".log";
  std::vector<std::string> words{options_.program, "serve",
                                 "--listen",       "127.0.0.1:" + std::to_string(port_),
                                 "--database",     "sqlite:" + options_.database.string()};
  words.insert(words.end(), options_.flags.begin(), options_.flags.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  pid_ = fork();
  if (pid_ < 0) return system_failure("can't fork");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(input.get(), STDOUT_FILENO);
    const int log_file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log_file >= 0) dup2(log_file, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  return {};
}

Outcome<> NodeProcess::await_listening(int output) {
  std::string said;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = read(output, buffer.data(), buffer.size());
    if (count <= 0) return failure("the node did not start; see " + options_.database.string() + ".log");
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

void NodeProcess::end(int signal) {
  if (pid_ <= 0) return;
  ::kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

double NodeProcess::cpu_us() const {
  double ns = 0;
  std::error_code ignored;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid_) + "/task", ignored)) {
    ns += thread_cpu_ns(task.path());
  }
  return ns > 0 ? ns / 1000 : process_cpu_us(std::to_string(pid_));
}

double NodeProcess::status_kb(std::string_view key) const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) return std::stod(line.substr(key.size()));
  }
  return 0;
}

}  // namespace orbit::bench
