// A server on a port of its own, and a client of bare sockets that can send what no library would. For tests: the
// server runs on a thread of its own, everything else belongs to the test's.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "http/problem.hpp"
#include "http/server.hpp"

namespace orbit::http {

/// One connection. Reads fail the test after five seconds.
class Client {
 public:
  struct Answer {
    int status = 0;  // 0: the connection was closed instead
    std::string head;
    std::string body;

    [[nodiscard]] std::string header(const std::string& name) const {
      const auto at = head.find("\r\n" + name + ": ");
      if (at == std::string::npos) return {};
      const auto from = at + name.size() + 4;
      return head.substr(from, head.find("\r\n", from) - from);
    }
    [[nodiscard]] std::string code() const { return member("code"); }
    [[nodiscard]] std::string request_id() const { return member("requestId"); }

   private:
    [[nodiscard]] std::string member(const char* name) const {
      return std::string(boost::json::parse(body).at(name).as_string().c_str());
    }
  };

  explicit Client(unsigned short port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{5, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0;
  }
  ~Client() { hang_up(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// Sends the bytes again and again while the peer's side takes them, at most so many; returns how many it took.
  std::size_t send_what_is_taken(std::string_view bytes, std::size_t most) {
    const timeval patience{0, 200'000};
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    std::size_t taken = 0;
    while (taken < most) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) break;
      taken += static_cast<std::size_t>(sent);
    }
    return taken;
  }

  /// Whether the server closes the connection within that time; for one that says nothing.
  bool closes_within(std::chrono::milliseconds time) {
    pollfd readable{socket_, POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(time.count())) <= 0) return false;
    char byte = 0;
    return ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
  }

  /// Goes at once, without a word: the server sees a reset.
  void vanish() {
    const linger at_once{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    hang_up();
  }

  /// The next answer; without a body where it is one to HEAD.
  Answer read(bool to_head = false) {
    Answer answer;
    while (buffer_.find("\r\n\r\n") == std::string::npos) {
      if (!receive()) return answer;
    }
    answer.head = take(buffer_.find("\r\n\r\n") + 4);
    answer.status = std::stoi(answer.head.substr(9, 3));
    const std::string length = answer.header("Content-Length");
    if (to_head || length.empty()) return answer;
    while (buffer_.size() < std::stoul(length)) {
      if (!receive()) return answer;
    }
    answer.body = take(std::stoul(length));
    return answer;
  }

  Answer get(const std::string& path) {
    send("GET " + path + " HTTP/1.1\r\nHost: orbit\r\n\r\n");
    return read();
  }

  /// Whether the server closes the connection without another byte.
  bool is_closed() { return buffer_.empty() && !receive(); }

  std::string read_exactly(std::size_t size) {
    while (buffer_.size() < size) {
      if (!receive()) break;
    }
    return take(std::min(size, buffer_.size()));
  }

 private:
  bool receive() {
    char bytes[4096];
    const auto size = ::recv(socket_, bytes, sizeof(bytes), 0);
    EXPECT_FALSE(size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) << "the server neither answered nor closed";
    if (size <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  std::string take(std::size_t size) {
    std::string taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
  }

  void hang_up() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  int socket_;
  bool connected_ = false;
  std::string buffer_;
};

/// Answers "METHOD path body" to all but /held, whose answers the test gives, /address, and /v1/ws, which the test
/// decides.
class TestHandler final : public RequestHandler {
 public:
  void handle(Request request, Respond respond) override {
    if (request.path == "/held") return hold(std::move(respond));
    if (request.path == "/address") return respond({200, {}, request.address});
    if (request.path == "/refused") return respond(problem(422, "validation", "Refused.", request.id));
    respond({200, {}, request.method + " " + request.path + " " + request.body});
  }

  [[nodiscard]] bool is_upgrade(const Request& request) const override { return request.path == "/v1/ws"; }

  void upgrade(Request, DecideUpgrade decide) override { decide(on_upgrade()); }

  std::function<UpgradeDecision()> on_upgrade = [] { return problem(401, "session.required", "Sign in."); };

  /// The next answer to give, once its request is here.
  Respond wait_for_held() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(5), [this] { return !held_.empty(); }));
    Respond respond = std::move(held_.front());
    held_.pop_front();
    return respond;
  }

  std::size_t held() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }

 private:
  void hold(Respond respond) {
    const std::lock_guard lock(mutex_);
    held_.push_back(std::move(respond));
    changed_.notify_all();
  }

  std::mutex mutex_;  // protects held_
  std::condition_variable changed_;
  std::deque<Respond> held_;
};

class ServerTest : public testing::Test {
 protected:
  ~ServerTest() override {
    context.stop();
    if (thread.joinable()) thread.join();
  }

  /// A server on the reserved port, accepting.
  Server& start(const ServerOptions& options = {}) {
    if (port == 0) {
      auto reserved = reserve_free_port(context, "127.0.0.1");
      EXPECT_TRUE(reserved);
      port = reserved->port;
      hold_ = reserved->hold;
    }
    server = std::make_unique<Server>(context, handler, metrics, options);
    EXPECT_TRUE(server->listen("127.0.0.1", port, true));
    server->start();
    if (!thread.joinable()) thread = std::jthread([this] { context.run(); });
    return *server;
  }

  std::int64_t metric(std::string_view name, const kernel::MetricLabels& labels = {}) {
    std::int64_t value = -1;
    metrics.visit([&](const auto& entry) {
      if (entry.name == name && entry.labels == labels) value = entry.metric.value();
    });
    return value;
  }

  /// Waits for what no answer announces.
  template <class Condition>
  static bool eventually(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }

  kernel::MetricsRegistry metrics;
  TestHandler handler;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy{context.get_executor()};
  std::unique_ptr<Server> server;
  unsigned short port = 0;

 private:
  std::shared_ptr<void> hold_;

 protected:
  std::jthread thread;
};

}  // namespace orbit::http
