#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>

#include "app/asio_scheduler.hpp"
#include "app/doctor.hpp"
#include "app/io_thread.hpp"
#include "cluster/backplane_factory.hpp"
#include "storage/database_url.hpp"

namespace orbit::app {

using State = Finding::State;

namespace {

constexpr std::chrono::seconds patience{3};

class Socket {
 public:
  Socket(const std::string& host, unsigned short port) : is_ipv6_(host.find(':') != std::string::npos) {
    descriptor_ = socket(is_ipv6_ ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (is_ipv6_) {
      auto& address = reinterpret_cast<sockaddr_in6&>(address_);
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(port);
      inet_pton(AF_INET6, host.c_str(), &address.sin6_addr);
    } else {
      auto& address = reinterpret_cast<sockaddr_in&>(address_);
      address.sin_family = AF_INET;
      address.sin_port = htons(port);
      inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    }
    const timeval limit{patience.count(), 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int reuse = 1;
    setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close(descriptor_); }

  // 0, or the error's number.
  [[nodiscard]] int try_to_listen() const {
    return bind(descriptor_, address(), length()) == 0 && listen(descriptor_, 1) == 0 ? 0 : errno;
  }

  // What comes back for a request, until the other side closes.
  [[nodiscard]] std::string ask(const std::string& path) const {
    if (connect(descriptor_, address(), length()) != 0) return "";
    const std::string request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    if (send(descriptor_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
      return "";
    std::string answer;
    char bytes[1024];
    for (ssize_t count = 0; answer.size() < 65'536 && (count = recv(descriptor_, bytes, sizeof bytes, 0)) > 0;) {
      answer.append(bytes, static_cast<std::size_t>(count));
    }
    return answer;
  }

 private:
  [[nodiscard]] const sockaddr* address() const { return reinterpret_cast<const sockaddr*>(&address_); }
  [[nodiscard]] socklen_t length() const { return is_ipv6_ ? sizeof(sockaddr_in6) : sizeof(sockaddr_in); }

  const bool is_ipv6_;
  int descriptor_;
  sockaddr_storage address_{};
};

// `path` and `sign`: what tells that it is Orbit who listens there; an empty path where that can't be asked.
void examine_port(const char* what, const std::string& host, unsigned short port, const std::string& path,
                  std::string_view sign, Findings& findings) {
  const std::string shown = host_and_port(host, port);
  const int error = Socket(host, port).try_to_listen();
  if (error == 0) {
    findings.push_back({State::ok, what, port == 0 ? shown + ", some free port" : shown + " is free"});
  } else if (error == EADDRINUSE && path.empty()) {
    findings.push_back({State::look, what, shown + " is in use; by whom, it doesn't tell",
                        fmt::format("See whether it is an Orbit node: ss -ltnp 'sport = :{}'.", port)});
  } else if (error == EADDRINUSE && Socket(host, port).ask(path).find(sign) != std::string::npos) {
    findings.push_back({State::ok, what, shown + " is served by an Orbit node already"});
  } else {
    findings.push_back({State::wrong, what, shown + ": " + std::strerror(error),
                        error == EADDRINUSE
                            ? fmt::format("See who listens there: ss -ltnp 'sport = :{}'.", port)
                            : "Choose an address of this machine, and a port that this user may take."});
  }
}

// Tells what becomes of the first attempt.
class FirstAttempt final : public cluster::BackplaneListener {
 public:
  void received(std::string_view, std::string_view) override {}
  void subscribed(std::string_view) override {}
  void connected() override { settle(""); }
  void disconnected(std::string_view reason) override { settle(std::string(reason)); }
  void messages_lost() override {}

  // Empty where it was connected.
  [[nodiscard]] std::string wait() {
    auto outcome = outcome_.get_future();
    return outcome.wait_for(patience) == std::future_status::ready ? outcome.get() : "it does not answer";
  }

 private:
  void settle(std::string outcome) {
    if (!std::exchange(settled_, true)) outcome_.set_value(std::move(outcome));
  }

  bool settled_ = false;
  std::promise<std::string> outcome_;
};

void examine_backplane(const Config& config, Findings& findings) {
  const char* what = "backplane";
  if (config.backplane == "none") {
    findings.push_back({State::ok, what, "none: this node stands alone"});
    return;
  }
  const auto database = storage::parse_database_url(config.database);
  const auto* postgresql = database ? std::get_if<storage::PostgresqlUrl>(&*database) : nullptr;
  if (postgresql == nullptr) {
    findings.push_back({State::wrong, what, "it is for nodes that share a database",
                        "Give a postgresql:// URL as --database, or leave --backplane out."});
    return;
  }
  kernel::MetricsRegistry metrics;
  FirstAttempt attempt;
  IoThread thread{"doctor"};
  AsioScheduler scheduler(thread.context());
  auto backplane = cluster::make_backplane(config.backplane, postgresql->connection, scheduler, metrics);
  if (!backplane) {
    findings.push_back({State::wrong, what, backplane.error().message, "Mend --backplane."});
    return;
  }
  scheduler.post([&] { (*backplane)->start(attempt); });
  const std::string failure = attempt.wait();
  thread.stop();
  const std::string kind((*backplane)->kind());
  backplane->reset();
  if (failure.empty()) {
    findings.push_back({State::ok, what, kind + " can be reached"});
  } else {
    findings.push_back(
        {State::wrong, what, kind + ": " + failure,
         "A node starts without it and tries again, but hears of others' events late: see whether the broker "
         "runs, and is named right."});
  }
}

}  // namespace

void examine_network(const Config& config, Findings& findings) {
  const bool speaks_tls = !config.tls_certificate.empty();
  examine_port("listen", config.listen_host, config.listen_port, speaks_tls ? "" : "/healthz", R"({"status":"ok"})",
               findings);
  if (!config.metrics_host.empty()) {
    examine_port("metrics", config.metrics_host, config.metrics_port, "/metrics", "orbit_", findings);
  }
  if (!config.admin_host.empty()) examine_port("operators", config.admin_host, config.admin_port, "", "", findings);
  examine_backplane(config, findings);
}

}  // namespace orbit::app
