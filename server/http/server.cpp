#include "http/server.hpp"

#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "http/problem.hpp"

namespace orbit::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

namespace {

struct ServerMetrics {
  explicit ServerMetrics(kernel::MetricsRegistry& metrics)
      : connections(metrics.gauge("orbit_http_connections", "Open HTTP connections")),
        requests(metrics.counter("orbit_http_requests_total", "Requests answered")),
        malformed(metrics.counter("orbit_http_malformed_total", "Requests that could not be read")),
        refused(metrics.counter("orbit_http_refused_total", "Connections refused because there were too many")),
        accept_failures(metrics.counter("orbit_http_accept_failures_total", "Connections that could not be accepted")) {
  }

  kernel::Metric& connections;
  kernel::Metric& requests;
  kernel::Metric& malformed;
  kernel::Metric& refused;
  kernel::Metric& accept_failures;
};

// What the connections of one server share.
struct Shared {
  RequestHandler& handler;
  ServerMetrics metrics;
  const ServerOptions options;
  std::atomic<bool> stopping{false};
  std::uint64_t next_request = 1;
};

Response refusal_for(const error_code& error) {
  namespace http = beast::http;
  if (error == http::error::header_limit) {
    return problem(431, "request.head_too_large", "The head of a request may have at most 8 KiB.");
  }
  if (error == http::error::body_limit) {
    return problem(413, "request.body_too_large", "The body of a request may have at most 64 KiB.");
  }
  return problem(400, "request.malformed", "This is not a well-formed HTTP request.");
}

// One connection. Lives as long as an operation of its own is under way.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<Shared> shared)
      : stream_(std::move(socket)), shared_(std::move(shared)) {
    shared_->metrics.connections.add();
    error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    if (const auto peer = stream_.socket().remote_endpoint(ignored); !ignored) address_ = peer.address().to_string();
  }
  ~Connection() { shared_->metrics.connections.add(-1); }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Waits for the first byte of a request as long as a connection may be idle, then reads the rest within its own time.
  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(shared_->options.max_head_bytes));
    parser_->body_limit(shared_->options.max_body_bytes);
    if (buffer_.size() > 0) return read_request();
    stream_.expires_after(first_ ? shared_->options.read_timeout : shared_->options.idle_timeout);
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                              if (error) return;
                              self->buffer_.commit(bytes);
                              self->read_request();
                            });
  }

  void refuse(Response response) {
    keep_alive_ = false;
    write(std::move(response), false);
  }

 private:
  void read_request() {
    first_ = false;
    stream_.expires_after(shared_->options.read_timeout);
    beast::http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](const error_code& error, std::size_t) { self->on_read(error); });
  }

  void on_read(const error_code& error) {
    if (error == beast::http::error::end_of_stream || error == beast::error::timeout) return close();
    if (error) {
      if (error.category() != beast::http::make_error_code(beast::http::error::end_of_stream).category()) return;
      shared_->metrics.malformed.add();
      return refuse(refusal_for(error));
    }
    stream_.expires_never();
    const auto& message = parser_->get();
    keep_alive_ = message.keep_alive() && !shared_->stopping;
    is_head_ = message.method() == beast::http::verb::head;
    version_ = message.version();
    Request request = convert();
    if (!request.path.starts_with('/')) {
      return refuse(problem(400, "request.bad_path", "The path of the request is not well-formed.", request.id));
    }
    if (shared_->handler.is_upgrade(request)) {
      shared_->handler.upgrade(std::move(request), [self = shared_from_this()](UpgradeDecision decision) mutable {
        asio::post(self->stream_.get_executor(),
                   [self, decision = std::move(decision)]() mutable { self->decide(std::move(decision)); });
      });
    } else {
      shared_->handler.handle(std::move(request), [self = shared_from_this()](Response response) mutable {
        asio::dispatch(self->stream_.get_executor(), [self, response = std::move(response)]() mutable {
          self->write(std::move(response), self->is_head_);
        });
      });
    }
  }

  Request convert() {
    auto& message = parser_->get();
    Request request;
    request.method = message.method_string();
    const std::string_view target(message.target().data(), message.target().size());
    const auto question = target.find('?');
    request.path = percent_decoded(target.substr(0, question)).value_or("");
    if (question != std::string_view::npos) request.query = target.substr(question + 1);
    for (const auto& field : message) request.headers.emplace_back(field.name_string(), field.value());
    request.body = std::move(message.body());
    request.address = address_;
    request.http_minor = static_cast<int>(version_ % 10);
    request.id = std::to_string(shared_->next_request++);
    return request;
  }

  void write(Response response, bool head_only) {
    shared_->metrics.requests.add();
    keep_alive_ = keep_alive_ && !shared_->stopping;
    auto& out = out_.emplace(beast::http::int_to_status(static_cast<unsigned>(response.status)), version_);
    for (const auto& [name, value] : response.headers) out.insert(name, value);
    out.keep_alive(keep_alive_);
    const std::size_t size = response.body.size();
    if (!head_only) out.body() = std::move(response.body);
    if (response.status != 204 && response.status != 304) out.content_length(size);
    serializer_.emplace(out);
    stream_.expires_after(shared_->options.idle_timeout);
    const auto done = [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error) return;
      if (!self->keep_alive_) return self->close();
      self->read();
    };
    if (head_only) {
      beast::http::async_write_header(stream_, *serializer_, done);
    } else {
      beast::http::async_write(stream_, *serializer_, done);
    }
  }

  void decide(UpgradeDecision decision) {
    if (auto* response = std::get_if<Response>(&decision)) return write(std::move(*response), false);
    std::string leftover = beast::buffers_to_string(buffer_.data());
    error_code error;
    const int descriptor = stream_.release_socket().release(error);
    if (error) return;
    std::get<TakeSocket>(decision)(descriptor, std::move(leftover));
  }

  // Says goodbye and then listens a moment, so that the peer reads the answer before it sees the connection reset.
  void close() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    if (ignored) return;
    stream_.expires_after(std::chrono::seconds(1));
    drain();
  }

  void drain() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(16 * 1024),
                            [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                              self->drained_ += bytes;
                              if (!error && self->drained_ < 1024 * 1024) self->drain();
                            });
  }

  beast::tcp_stream stream_;
  std::shared_ptr<Shared> shared_;
  std::string address_;
  beast::flat_buffer buffer_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::optional<beast::http::response<beast::http::string_body>> out_;
  std::optional<beast::http::response_serializer<beast::http::string_body>> serializer_;
  std::size_t drained_ = 0;
  unsigned version_ = 11;
  bool first_ = true;
  bool keep_alive_ = false;
  bool is_head_ = false;
};

}  // namespace

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
        shared_(new Shared{handler, ServerMetrics(metrics), options}) {}

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
      if (self->shared_->stopping || error == asio::error::operation_aborted) return;
      if (error) return self->accept_later(error);
      self->welcome(std::move(socket));
      self->accept();
    });
  }

  void start() {
    asio::post(context_, [self = shared_from_this()] { self->accept(); });
  }

  void stop_accepting() {
    shared_->stopping = true;
    asio::post(context_, [self = shared_from_this()] {
      error_code ignored;
      self->acceptor_.close(ignored);
    });
  }

 private:
  void welcome(tcp::socket socket) {
    const auto connection = std::make_shared<Connection>(std::move(socket), shared_);
    if (static_cast<std::size_t>(shared_->metrics.connections.value()) > shared_->options.max_connections) {
      shared_->metrics.refused.add();
      Response full = problem(503, "node.full", "The node has no room for another connection. Try again in a moment.");
      full.headers.emplace_back("Retry-After", "2");
      connection->refuse(std::move(full));
    } else {
      connection->read();
    }
  }

  // Out of descriptors, most likely: waiting costs less than spinning.
  void accept_later(const error_code& error) {
    shared_->metrics.accept_failures.add();
    spdlog::warn("accept: {}", error.message());
    retry_.expires_after(std::chrono::milliseconds(100));
    retry_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (!cancelled) self->accept();
    });
  }

  asio::io_context& context_;
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  std::shared_ptr<Shared> shared_;
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
