#include "http/server.hpp"

#include <linux/filter.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>

#include "http/connection.hpp"
#include "http/problem.hpp"
#include "http/tls.hpp"

namespace orbit::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

namespace {

constexpr std::chrono::milliseconds let_in_time{50};        // for handshakes that have begun
constexpr std::chrono::milliseconds newcomers_time{1'000};  // for their first request to be on its way
constexpr std::chrono::milliseconds last_answers_time{4'000};

// The kernel drops those who knock from now on; they knock again, and find the port closed. What is under way goes on.
void refuse_new_handshakes(int listener) {
  constexpr unsigned flags_of_tcp_header = 13;
  constexpr unsigned syn = 0x02;
  std::array program{
      sock_filter{BPF_LD | BPF_B | BPF_ABS, 0, 0, flags_of_tcp_header},
      sock_filter{BPF_JMP | BPF_JSET | BPF_K, 0, 1, syn},
      sock_filter{BPF_RET | BPF_K, 0, 0, 0},
      sock_filter{BPF_RET | BPF_K, 0, 0, 0xffffffff},
  };
  const sock_fprog filter{program.size(), program.data()};
  if (setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) != 0) {
    spdlog::warn("stopping: connections may be reset: {}", std::strerror(errno));
  }
}

bool bind_to(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, bool share, error_code& error) {
  return !acceptor.open(endpoint.protocol(), error) &&
         !acceptor.set_option(tcp::acceptor::reuse_address(true), error) &&
         (!share || !acceptor.set_option(ReusePort(true), error)) && !acceptor.bind(endpoint, error);
}

std::unexpected<kernel::Error> cannot_listen(const std::string& host, unsigned short port, const error_code& error) {
  return kernel::failure(kernel::ErrorKind::unavailable, "listen.failed",
                         "Can't listen on " + host + ":" + std::to_string(port) + ": " + error.message() + ".");
}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& context, RequestHandler& handler, kernel::MetricsRegistry& metrics,
       const ServerOptions& options)
      : context_(context),
        acceptor_(context),
        retry_(context),
        drain_timer_(context),
        calm_(context),
        state_(new ServerState{handler, ServerMetrics(metrics), options}) {
    metrics.gauge("orbit_http_connections_limit", "HTTP connections that all shards take together")
        .add(static_cast<std::int64_t>(options.max_connections));
  }

  kernel::Result<> listen(const std::string& host, unsigned short port, bool shared_port) {
    error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(host, error), port);
    // A port that another program has is refused even where that program would share it: shards share, nodes don't.
    // Nobody runs the probe's context: a thread that polls a socket keeps its port for a moment after it is closed.
    if (!error && !shared_port) {
      asio::io_context nobodys;
      tcp::acceptor probe(nobodys);
      if (bind_to(probe, endpoint, false, error)) probe.listen(1, error);
    }
    if (!error && bind_to(acceptor_, endpoint, true, error)) acceptor_.listen(4096, error);
    if (error) return cannot_listen(host, port, error);
    return {};
  }

  void accept() {
    if (!acceptor_.is_open()) return;
    acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error && error != asio::error::connection_aborted) return self->accept_later(error);
      if (error) return self->accept();
      self->note_accepted();
      self->welcome(std::move(socket));
      self->accept();
    });
  }

  void start() {
    asio::post(context_, [self = shared_from_this()] { self->accept(); });
  }

  void end_keep_alive() { state_->draining = true; }

  void drain(std::chrono::milliseconds notice, std::move_only_function<void()> on_empty) {
    asio::post(context_, [self = shared_from_this(), notice, on_empty = std::move(on_empty)]() mutable {
      self->on_empty_ = std::move(on_empty);
      self->until(std::chrono::steady_clock::now() + notice, [self] { self->turn_newcomers_away(); });
    });
  }

 private:
  // Where a listener is closed with connections that wait to be accepted, those are reset, with what was sent on them.
  // So the way in is shut first, and whoever is in it already is let in.
  void turn_newcomers_away() {
    refuse_new_handshakes(acceptor_.native_handle());
    after(let_in_time, [self = shared_from_this()] {
      error_code ignored;
      self->acceptor_.close(ignored);
      close_idle(*self->state_, false);
      self->until(std::chrono::steady_clock::now() + newcomers_time, [self] {
        close_idle(*self->state_, true);
        self->until(std::chrono::steady_clock::now() + last_answers_time, [self] {
          if (self->on_empty_) self->on_empty_();
        });
      });
    });
  }

  void after(std::chrono::milliseconds delay, std::move_only_function<void()> then) {
    drain_timer_.expires_after(delay);
    drain_timer_.async_wait([then = std::move(then)](const error_code& cancelled) mutable {
      if (!cancelled) then();
    });
  }

  // Goes on when no connection is left, or at the deadline.
  void until(std::chrono::steady_clock::time_point deadline, std::move_only_function<void()> then) {
    if (state_->open == 0 || std::chrono::steady_clock::now() >= deadline) return then();
    after(std::chrono::milliseconds(10), [self = shared_from_this(), deadline, then = std::move(then)]() mutable {
      self->until(deadline, std::move(then));
    });
  }

  void welcome(tcp::socket socket) {
    error_code gone;
    const auto endpoint = socket.remote_endpoint(gone);
    if (gone) return;
    Peer peer{endpoint.address().to_string(), nullptr};
    const ServerOptions& options = state_->options;
    if (options.address_limits != nullptr && !options.trusted_proxies.contains(peer.address)) {
      auto lease = options.address_limits->count_connection(peer.address);
      if (!lease) return turn_away(std::move(socket), problem(lease.error()));
      peer.lease = *std::move(lease);
    }
    if (state_->open < options.max_connections) {
      if (options.tls != nullptr) return secure(std::move(socket), std::move(peer));
      return serve(std::move(socket), std::move(peer), state_);
    }
    Response full = problem(503, "node.full", "The node has no room for another connection. Try again in a moment.");
    full.headers.emplace_back("Retry-After", "2");
    turn_away(std::move(socket), std::move(full));
  }

  // Before a TLS handshake there is nothing that could be said.
  void turn_away(tcp::socket socket, Response response) {
    if (state_->options.tls != nullptr) return state_->metrics.refused.add();
    refuse(std::move(socket), state_, std::move(response));
  }

  // The connection counts as open during its handshake, and then as what comes out of it.
  void secure(tcp::socket socket, Peer peer) {
    ++state_->open;
    state_->options.tls->accept(std::move(socket),
                                [self = shared_from_this(), peer = std::move(peer)](int descriptor) mutable {
                                  --self->state_->open;
                                  if (descriptor < 0) return;
                                  tcp::socket inside(self->context_, tcp::v4(), descriptor);
                                  serve(std::move(inside), std::move(peer), self->state_);
                                });
  }

  // Out of descriptors, most likely: waiting costs less than spinning. Who connects meanwhile waits in the kernel.
  void accept_later(const error_code& error) {
    state_->metrics.accept_failures.add();
    calm_.cancel();
    waits_for_calm_ = false;
    if (!std::exchange(paused_, true)) {
      state_->metrics.accept_paused.add();
      if (paused_servers()++ == 0) {
        spdlog::warn("accept: {}: new connections wait; those that are open go on", error.message());
      }
    }
    retry_.expires_after(std::chrono::milliseconds(100));
    retry_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->accept();
    });
  }

  // One that is accepted in between doesn't mean that it is over: the next may fail again.
  void note_accepted() {
    if (!paused_ || waits_for_calm_) return;
    waits_for_calm_ = true;
    calm_.expires_after(std::chrono::seconds(2));
    calm_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (cancelled || !self->waits_for_calm_) return;
      self->waits_for_calm_ = self->paused_ = false;
      self->state_->metrics.accept_paused.add(-1);
      if (--paused_servers() == 0) spdlog::info("accept: new connections are taken again");
    });
  }

  // For all servers of the program, so that the log says it once and not for each shard.
  static std::atomic<int>& paused_servers() {
    static std::atomic<int> count{0};
    return count;
  }

  asio::io_context& context_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  asio::steady_timer drain_timer_;
  std::move_only_function<void()> on_empty_;
  asio::steady_timer calm_;
  bool paused_ = false;          // an accept failed, and it is not over
  bool waits_for_calm_ = false;  // it may be over
  std::shared_ptr<ServerState> state_;
};

kernel::Result<ReservedPort> reserve_free_port(asio::io_context& context, const std::string& host) {
  error_code error;
  const tcp::endpoint endpoint(asio::ip::make_address(host, error), 0);
  auto hold = std::make_shared<tcp::acceptor>(context);
  if (error || !bind_to(*hold, endpoint, true, error)) return cannot_listen(host, 0, error);
  const unsigned short port = hold->local_endpoint().port();
  return ReservedPort{port, std::move(hold)};
}

Server::Server(asio::io_context& context, RequestHandler& handler, kernel::MetricsRegistry& metrics,
               const ServerOptions& options)
    : impl_(std::make_shared<Impl>(context, handler, metrics, options)) {}

Server::~Server() = default;

kernel::Result<> Server::listen(const std::string& host, unsigned short port, bool shared_port) {
  return impl_->listen(host, port, shared_port);
}

void Server::start() { impl_->start(); }

void Server::end_keep_alive() { impl_->end_keep_alive(); }

void Server::drain(std::chrono::milliseconds notice, std::move_only_function<void()> on_empty) {
  impl_->drain(notice, std::move(on_empty));
}

}  // namespace orbit::http
