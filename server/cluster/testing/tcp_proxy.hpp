// TcpProxy: stands between a test and a server that the test must not stop: its connections can be cut and refused, or
// left as they are without a byte passing. Belongs to the test's thread; passes bytes on with one of its own.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <list>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace orbit::cluster {

class TcpProxy {
 public:
  /// Towards a server on 127.0.0.1.
  explicit TcpProxy(std::uint16_t server_port) : server_port_(server_port) {
    if (::pipe2(wake_.data(), O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe");
    listen();
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  }
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;
  ~TcpProxy() {
    thread_.request_stop();
    wake();
    thread_.join();
    close_all();
    for (const int end : wake_) ::close(end);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  /// Cuts all connections, and refuses others.
  void cut() {
    const std::lock_guard lock(mutex_);
    close_all();
  }
  void mend() {
    const std::lock_guard lock(mutex_);
    listen();
    wake();
  }
  void freeze(bool is_frozen) {
    const std::lock_guard lock(mutex_);
    is_frozen_ = is_frozen;
    wake();
  }

 private:
  static constexpr std::size_t buffer_bytes = 256 * 1'024;

  struct Flow {
    int from;
    int to;
    std::string buffer = {};
  };
  struct Pair {
    std::array<Flow, 2> flows;
  };

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
  }

  void wake() const { static_cast<void>(::write(wake_[1], "", 1)); }

  void listen() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = loopback(port_);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listener_, 128) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("the proxy can't listen");
    }
    port_ = ntohs(address.sin_port);
  }

  void close_all() {
    if (listener_ >= 0) ::close(listener_);
    listener_ = -1;
    for (const Pair& pair : pairs_) hang_up(pair);
    pairs_.clear();
  }

  static void hang_up(const Pair& pair) {
    for (const Flow& flow : pair.flows) ::close(flow.from);
  }

  void work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::vector<pollfd> waits{{wake_[0], POLLIN, 0}};
      {
        const std::lock_guard lock(mutex_);
        add_waits(waits);
      }
      ::poll(waits.data(), waits.size(), -1);
      std::array<char, 64> ignored{};
      while (::read(wake_[0], ignored.data(), ignored.size()) > 0) continue;
      const std::lock_guard lock(mutex_);
      if (is_frozen_) continue;
      accept();
      std::erase_if(pairs_, [](Pair& pair) {
        const bool is_over = !pass_on(pair.flows[0]) || !pass_on(pair.flows[1]);
        if (is_over) hang_up(pair);
        return is_over;
      });
    }
  }

  void add_waits(std::vector<pollfd>& waits) const {
    if (is_frozen_) return;
    if (listener_ >= 0) waits.push_back({listener_, POLLIN, 0});
    for (const Pair& pair : pairs_) {
      for (const Flow& flow : pair.flows) {
        if (flow.buffer.size() < buffer_bytes) waits.push_back({flow.from, POLLIN, 0});
        if (!flow.buffer.empty()) waits.push_back({flow.to, POLLOUT, 0});
      }
    }
  }

  void accept() {
    if (listener_ < 0) return;
    for (;;) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (client < 0) return;
      const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      const sockaddr_in address = loopback(server_port_);
      if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(client);
        ::close(server);
        continue;
      }
      ::fcntl(server, F_SETFL, O_NONBLOCK);
      const int on = 1;
      for (const int end : {client, server}) ::setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      pairs_.push_back({{Flow{client, server}, Flow{server, client}}});
    }
  }

  // False at the end of the connection.
  static bool pass_on(Flow& flow) {
    std::array<char, 64 * 1'024> bytes;
    for (;;) {
      const ssize_t read = flow.buffer.size() < buffer_bytes ? ::recv(flow.from, bytes.data(), bytes.size(), 0) : -1;
      if (read == 0) return false;
      if (read > 0) flow.buffer.append(bytes.data(), static_cast<std::size_t>(read));
      if (flow.buffer.empty()) return true;
      const ssize_t sent = ::send(flow.to, flow.buffer.data(), flow.buffer.size(), MSG_NOSIGNAL);
      if (sent < 0) return errno == EAGAIN;
      flow.buffer.erase(0, static_cast<std::size_t>(sent));
    }
  }

  const std::uint16_t server_port_;
  std::array<int, 2> wake_{};
  std::mutex mutex_;  // protects all that follows
  std::uint16_t port_ = 0;
  int listener_ = -1;
  bool is_frozen_ = false;
  std::list<Pair> pairs_;
  std::jthread thread_;
};

}  // namespace orbit::cluster
