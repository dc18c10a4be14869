#include "http/server.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/connection.hpp"
#include "http/problem.hpp"

namespace orbit::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

namespace {

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
        state_(new ServerState{handler, ServerMetrics(metrics), options}) {}

  kernel::Result<> listen(const std::string& host, unsigned short port, bool shared_port) {
    error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address(host, error), port);
    // A port that another program has is refused even where that program would share it: shards share, nodes don't.
    if (!error && !shared_port) {
      tcp::acceptor probe(context_);
      if (bind_to(probe, endpoint, false, error)) probe.listen(1, error);
    }
    if (!error && bind_to(acceptor_, endpoint, true, error)) acceptor_.listen(4096, error);
    if (error) return cannot_listen(host, port, error);
    return {};
  }

  void accept() {
    acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
      if (self->state_->stopping || error == asio::error::operation_aborted) return;
      if (error) return self->accept_later(error);
      self->welcome(std::move(socket));
      self->accept();
    });
  }

  void start() {
    asio::post(context_, [self = shared_from_this()] { self->accept(); });
  }

  void stop_accepting() {
    state_->stopping = true;
    asio::post(context_, [self = shared_from_this()] {
      error_code ignored;
      self->acceptor_.close(ignored);
      close_idle(*self->state_);
    });
  }

 private:
  void welcome(tcp::socket socket) {
    if (state_->open < state_->options.max_connections) return serve(std::move(socket), state_);
    state_->metrics.refused.add();
    Response full = problem(503, "node.full", "The node has no room for another connection. Try again in a moment.");
    full.headers.emplace_back("Retry-After", "2");
    refuse(std::move(socket), state_, std::move(full));
  }

  // Out of descriptors, most likely: waiting costs less than spinning.
  void accept_later(const error_code& error) {
    state_->metrics.accept_failures.add();
    spdlog::warn("accept: {}", error.message());
    retry_.expires_after(std::chrono::milliseconds(100));
    retry_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->accept();
    });
  }

  asio::io_context& context_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
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

void Server::stop_accepting() { impl_->stop_accepting(); }

}  // namespace orbit::http
