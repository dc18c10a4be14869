#include "http/connection.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "http/problem.hpp"
#include "http/request_head.hpp"

namespace orbit::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

Response refusal_for(const error_code& error, const ServerOptions& options) {
  const auto too_large = [](int status, std::string_view code, std::string_view part, std::size_t limit) {
    return problem(status, code,
                   "The " + std::string(part) + " of a request may have at most " + std::to_string(limit) + " bytes.");
  };
  if (error == beast::http::error::header_limit) {
    return too_large(431, "request.head_too_large", "head", options.max_head_bytes);
  }
  if (error == beast::http::error::body_limit) {
    return too_large(413, "request.body_too_large", "body", options.max_body_bytes);
  }
  return problem(400, "request.malformed", "This is not a well-formed HTTP request.");
}

// The target from its path on: clients of proxies name the whole URL (RFC 9112, 3.2.2).
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const auto end = target.find_first_of("/?", scheme.size());
    return end == std::string_view::npos ? "/" : target.substr(end);
  }
  return target;
}

constexpr std::size_t read_size = 4096;
constexpr std::size_t max_refusing = 64;

// One count for all servers of the program, so that an id in a log means one request.
std::string next_request_id() {
  static std::atomic<std::uint64_t> last{0};
  return std::to_string(++last);
}

}  // namespace

// Lives as long as an operation of its own is under way, or its handler holds the way to answer.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Socket socket, Peer peer, std::shared_ptr<ServerState> state)
      : stream_(std::move(socket)),
        state_(std::move(state)),
        peer_address_(std::move(peer.address)),
        lease_(std::move(peer.lease)),
        buffer_(state_->options.max_head_bytes + read_size) {
    ++state_->open;
    state_->metrics.connections.add();
    error_code ignored;
    stream_.socket().set_option(tcp::no_delay(true), ignored);
    on_chunk_ = [](std::uint64_t, beast::string_view extensions, error_code& error) {
      if (!extensions.empty()) error = beast::http::error::bad_chunk_extension;
    };
  }
  ~Connection() {
    --state_->open;
    if (turned_away_) --state_->refusing;
    state_->metrics.connections.add(-1);
  }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Waits for the first byte of a request as long as a connection may be idle, then reads the rest within its own time.
  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(state_->options.max_head_bytes));
    parser_->body_limit(state_->options.max_body_bytes);
    parser_->on_chunk_header(on_chunk_);
    head_ = RequestHead();
    is_head_ = false;
    if (buffer_.size() > 0) return begin_head();
    stream_.expires_after(first_ ? state_->options.read_timeout : state_->options.idle_timeout);
    state_->idle.insert(this);
    stream_.async_read_some(buffer_.prepare(read_size),
                            [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                              self->state_->idle.erase(self.get());
                              if (error) return;
                              self->buffer_.commit(bytes);
                              self->begin_head();
                            });
  }

  void refuse(Response response) {
    keep_alive_ = false;
    write(std::move(response));
  }

  // Answers without having read anything.
  void turn_away(Response response) {
    turned_away_ = true;
    ++state_->refusing;
    refuse(std::move(response));
  }

  void cancel() { stream_.cancel(); }

  [[nodiscard]] bool is_newcomer() const { return first_; }

 private:
  void begin_head() {
    first_ = false;
    stream_.expires_after(state_->options.read_timeout);
    read_head();
  }

  void read_head() {
    const auto& bytes = buffer_.cdata();
    const auto seen = head_.look_at({static_cast<const char*>(bytes.data()), bytes.size()});
    const std::size_t size = seen == RequestHead::State::complete ? head_.size() : bytes.size();
    if (size > state_->options.max_head_bytes) return give_up(beast::http::error::header_limit);
    if (seen == RequestHead::State::malformed) return give_up(beast::http::error::bad_value);
    if (seen == RequestHead::State::complete) return parse_head();
    stream_.async_read_some(buffer_.prepare(read_size),
                            [self = shared_from_this()](const error_code& error, std::size_t more) {
                              if (error) return;
                              self->buffer_.commit(more);
                              self->read_head();
                            });
  }

  void parse_head() {
    error_code error;
    buffer_.consume(parser_->put(asio::buffer(buffer_.cdata().data(), head_.size()), error));
    if (error) return give_up(error);
    if (!parser_->is_header_done()) return give_up(beast::http::error::bad_value);
    take_head();
    read_body();
  }

  // A client may wait with its body until it is told that the head is welcome (RFC 9110, 10.1.1).
  void read_body() {
    if (parser_->is_done()) return on_request();
    const auto read_rest = [self = shared_from_this()](const error_code& failed, std::size_t) {
      if (failed) return;
      beast::http::async_read(self->stream_, self->buffer_, *self->parser_,
                              [self](const error_code& error, std::size_t) {
                                if (error) return self->give_up(error);
                                self->on_request();
                              });
    };
    const auto& head = parser_->get();
    if (head.version() < 11 || !beast::iequals(head[beast::http::field::expect], "100-continue")) {
      return read_rest({}, 0);
    }
    static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(go_on), read_rest);
  }

  void give_up(const error_code& error) {
    if (error == beast::http::error::end_of_stream || error == beast::error::timeout) return close();
    if (error.category() != beast::http::make_error_code(beast::http::error::end_of_stream).category()) return;
    state_->metrics.malformed.add();
    refuse(refusal_for(error, state_->options));
  }

  // What came behind the body as further fields (trailers) would pass for fields of the head, and no proxy has looked
  // at it: refused.
  void on_request() {
    auto& message = parser_->get();
    const bool has_trailers = std::distance(message.begin(), message.end()) != std::ssize(request_.headers);
    request_.body = std::move(message.body());
    const bool is_upgrade = state_->handler.is_upgrade(request_);
    if (has_trailers || (is_upgrade && !request_.body.empty())) return give_up(beast::http::error::bad_field);
    if (!request_.path.starts_with('/')) {
      state_->metrics.malformed.add();
      return refuse(problem(400, "request.bad_path", "The path of the request is not well-formed.", request_.id));
    }
    stream_.expires_never();
    if (is_upgrade) return on_upgrade();
    state_->handler.handle(std::move(request_), [self = shared_from_this()](Response response) mutable {
      asio::dispatch(self->stream_.get_executor(),
                     [self, response = std::move(response)]() mutable { self->write(std::move(response)); });
    });
  }

  void on_upgrade() {
    client_address_ = request_.address;
    if (const auto allowed = take_handshake(); !allowed) return write(problem(allowed.error(), request_.id));
    state_->handler.upgrade(std::move(request_), [self = shared_from_this()](UpgradeDecision decision) mutable {
      asio::post(self->stream_.get_executor(),
                 [self, decision = std::move(decision)]() mutable { self->decide(std::move(decision)); });
    });
  }

  // Behind a proxy the client is known only now, and counts while its socket is open.
  kernel::Result<> take_handshake() {
    AddressLimits* limits = state_->options.address_limits;
    if (limits == nullptr) return {};
    if (auto taken = limits->take_handshake(client_address_); !taken) return taken;
    if (client_address_ == peer_address_ && lease_ != nullptr) return {};
    auto lease = limits->count_connection(client_address_);
    if (!lease) return std::unexpected(lease.error());
    client_lease_ = *std::move(lease);
    return {};
  }

  // Before the body: nothing that comes behind it is of the head.
  void take_head() {
    const auto& message = parser_->get();
    keep_alive_ = message.keep_alive();
    is_head_ = message.method() == beast::http::verb::head;
    version_ = message.version();
    request_ = Request();
    request_.method = message.method_string();
    const auto target = without_authority({message.target().data(), message.target().size()});
    const auto question = target.find('?');
    request_.path = question == 0 ? "/" : percent_decoded(target.substr(0, question)).value_or("");
    if (question != std::string_view::npos) request_.query = target.substr(question + 1);
    for (const auto& field : message) request_.headers.emplace_back(field.name_string(), field.value());
    request_.address = state_->options.trusted_proxies.client_of(peer_address_, request_);
    request_.http_minor = static_cast<int>(version_ % 10);
    request_.id = next_request_id();
  }

  void write(Response response) {
    state_->metrics.requests.add();
    add_security_headers(response);
    keep_alive_ = keep_alive_ && !state_->draining;
    auto& out = out_.emplace(beast::http::int_to_status(static_cast<unsigned>(response.status)), version_);
    for (const auto& [name, value] : response.headers) out.insert(name, value);
    out.keep_alive(keep_alive_);
    const std::size_t size = response.body.size();
    if (!is_head_) out.body() = std::move(response.body);
    if (response.status != 204 && response.status != 304) out.content_length(size);
    serializer_.emplace(out);
    stream_.expires_after(state_->options.idle_timeout);
    const auto done = [self = shared_from_this()](const error_code& error, std::size_t) {
      if (error) return;
      if (!self->keep_alive_) return self->close();
      self->read();
    };
    if (is_head_) {
      beast::http::async_write_header(stream_, *serializer_, done);
    } else {
      beast::http::async_write(stream_, *serializer_, done);
    }
  }

  void decide(UpgradeDecision decision) {
    if (auto* response = std::get_if<Response>(&decision)) {
      const int status = response->status;
      AddressLimits* limits = state_->options.address_limits;
      if (limits != nullptr && (status == 400 || status == 401 || status == 403)) {
        limits->handshake_failed(client_address_);
      }
      client_lease_.reset();
      return write(std::move(*response));
    }
    std::string leftover = beast::buffers_to_string(buffer_.data());
    error_code error;
    const int descriptor = stream_.release_socket().release(error);
    if (error) return;
    std::get<TakeSocket>(decision)(
        {descriptor, std::move(leftover), client_lease_ ? std::move(client_lease_) : std::move(lease_)});
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
    stream_.async_read_some(buffer_.prepare(read_size),
                            [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                              self->drained_ += bytes;
                              if (!error && self->drained_ < 1024 * 1024) self->drain();
                            });
  }

  beast::tcp_stream stream_;
  std::shared_ptr<ServerState> state_;
  std::string peer_address_;
  std::string client_address_;  // of an upgrade
  ConnectionLease lease_;       // of the peer
  ConnectionLease client_lease_;
  beast::flat_buffer buffer_;  // bounded, so that little is read ahead of a request that is being answered
  RequestHead head_;
  Request request_;
  std::function<void(std::uint64_t, beast::string_view, error_code&)> on_chunk_;
  std::optional<beast::http::request_parser<beast::http::string_body>> parser_;
  std::optional<beast::http::response<beast::http::string_body>> out_;
  std::optional<beast::http::response_serializer<beast::http::string_body>> serializer_;
  std::size_t drained_ = 0;
  unsigned version_ = 11;
  bool first_ = true;
  bool turned_away_ = false;
  bool keep_alive_ = false;
  bool is_head_ = false;
};

ServerMetrics::ServerMetrics(kernel::MetricsRegistry& metrics)
    : connections(metrics.gauge("orbit_http_connections", "Open HTTP connections")),
      requests(metrics.counter("orbit_http_requests_total", "Requests answered")),
      malformed(metrics.counter("orbit_http_malformed_total", "Requests that could not be read")),
      refused(metrics.counter("orbit_http_refused_total", "Connections refused because there were too many")),
      accept_failures(metrics.counter("orbit_http_accept_failures_total", "Connections that could not be accepted")),
      accept_paused(metrics.gauge("orbit_http_accept_paused", "Shards that have no descriptors for new connections")) {}

void serve(Socket socket, Peer peer, const std::shared_ptr<ServerState>& state) {
  std::make_shared<Connection>(std::move(socket), std::move(peer), state)->read();
}

// Whoever is refused costs a descriptor while it is listened to. There is a bound to such courtesy.
void refuse(Socket socket, const std::shared_ptr<ServerState>& state, Response response) {
  state->metrics.refused.add();
  if (state->refusing >= max_refusing) return;
  std::make_shared<Connection>(std::move(socket), Peer{}, state)->turn_away(std::move(response));
}

void close_idle(const ServerState& state, bool newcomers) {
  for (Connection* connection : state.idle) {
    if (newcomers || !connection->is_newcomer()) connection->cancel();
  }
}

}  // namespace orbit::http
