// PrivateServer: a real server on a free port of the loopback interface, for tests: started, stopped in its tracks,
// killed and started again on the same port. Belongs to the test's thread, and ends with it.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace orbit::cluster {

/// A port that nothing listens on at present.
inline std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no free port");
  }
  ::close(descriptor);
  return ntohs(address.sin_port);
}

class PrivateServer {
 public:
  /// `command`: the program and what is behind it; "PORT" stands for the port. Listens once this returns.
  explicit PrivateServer(std::vector<std::string> command) : port_(free_port()), command_(std::move(command)) {
    for (std::string& word : command_) {
      if (word == "PORT") word = std::to_string(port_);
    }
    start();
  }
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;
  ~PrivateServer() { kill(); }

  static std::vector<std::string> nats(const std::vector<std::string>& more = {}) {
    std::vector<std::string> command{"nats-server", "-a", "127.0.0.1", "-p", "PORT"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  static std::vector<std::string> redis(const std::vector<std::string>& more = {}) {
    std::vector<std::string> command{"redis-server", "--bind", "127.0.0.1",    "--port", "PORT", "--save", "",
                                     "--dir",        "/tmp",   "--appendonly", "no"};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  void start() {
    std::vector<char*> words;
    for (std::string& word : command_) words.push_back(word.data());
    words.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("can't fork");
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int nowhere = ::open("/dev/null", O_RDWR);
      for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, standard);
      ::execvp(words[0], words.data());
      ::_exit(127);
    }
    await_listening();
  }

  /// kill -9.
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  /// SIGSTOP: its connections stay, and nothing is answered any more.
  void freeze() const { ::kill(pid_, SIGSTOP); }
  void thaw() const { ::kill(pid_, SIGCONT); }

 private:
  void await_listening() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(15);
    while (!is_listening()) {
      if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = 0;
        throw std::runtime_error(command_[0] + " ended at once");
      }
      if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(command_[0] + " does not listen");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  [[nodiscard]] bool is_listening() const {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port_);
    const bool is_open = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    return is_open;
  }

  std::uint16_t port_;
  std::vector<std::string> command_;
  pid_t pid_ = 0;
};

}  // namespace orbit::cluster
