#include "http/tls_connection.hpp"

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace orbit::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using Local = asio::local::stream_protocol;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds goodbye_timeout{1};
constexpr int inside_buffer = 64 * 1024;

// Bounded both ways by a buffer and what the kernel holds of the pair: whoever writes into the pair faster than the
// client takes it finds it full, as it would find the client's own socket.
class TlsConnection : public std::enable_shared_from_this<TlsConnection> {
 public:
  using Done = std::move_only_function<void(int)>;

  TlsConnection(tcp::socket socket, std::shared_ptr<asio::ssl::context> context, const TlsTimeouts& timeouts,
                std::shared_ptr<TlsMetrics> metrics, std::shared_ptr<void> lease, Done done)
      : context_(std::move(context)),
        tls_(std::move(socket), *context_),
        inside_(tls_.get_executor()),
        deadline_(tls_.get_executor()),
        timeouts_(timeouts),
        metrics_(std::move(metrics)),
        lease_(std::move(lease)),
        done_(std::move(done)) {
    metrics_->connections.add();
  }
  ~TlsConnection() {
    metrics_->connections.add(-1);
    if (done_) done_(-1);
  }

  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  void begin() {
    error_code ignored;
    tls_.next_layer().set_option(tcp::no_delay(true), ignored);
    close_after(timeouts_.handshake);
    tls_.async_handshake(asio::ssl::stream_base::server,
                         [self = shared_from_this()](const error_code& error) { self->on_handshake(error); });
  }

 private:
  void on_handshake(const error_code& error) {
    if (error) return end(timed_out_ ? metrics_->timed_out : metrics_->failed);
    deadline_.cancel();
    Local::socket outside(tls_.get_executor());
    error_code failed;
    asio::local::connect_pair(inside_, outside, failed);
    if (!failed) outside.set_option(asio::socket_base::send_buffer_size(inside_buffer), failed);
    const int descriptor = failed ? -1 : outside.release(failed);
    if (failed) return end(metrics_->failed);
    metrics_->succeeded.add();
    std::exchange(done_, nullptr)(descriptor);
    read_from_client();
    read_from_inside();
  }

  void end(kernel::Metric& outcome) {
    outcome.add();
    close();
  }

  void read_from_client() {
    tls_.async_read_some(asio::buffer(from_client_),
                         [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                           if (error) return self->on_client_gone();
                           asio::async_write(self->inside_, asio::buffer(self->from_client_, bytes),
                                             [self](const error_code& failed, std::size_t) {
                                               if (!failed) self->read_from_client();
                                             });
                         });
  }

  void on_client_gone() {
    error_code ignored;
    inside_.shutdown(Local::socket::shutdown_send, ignored);
  }

  void read_from_inside() {
    inside_.async_read_some(asio::buffer(to_client_),
                            [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                              if (error) return self->say_goodbye();
                              self->close_after(self->timeouts_.write);
                              asio::async_write(self->tls_, asio::buffer(self->to_client_, bytes),
                                                [self](const error_code& failed, std::size_t) {
                                                  if (failed) return self->close();
                                                  self->deadline_.cancel();
                                                  self->read_from_inside();
                                                });
                            });
  }

  void say_goodbye() {
    close_after(goodbye_timeout);
    tls_.async_shutdown([self = shared_from_this()](const error_code&) { self->close(); });
  }

  void close_after(std::chrono::milliseconds time) {
    deadline_.expires_after(time);
    deadline_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (cancelled || self->deadline_.expiry() > std::chrono::steady_clock::now()) return;
      self->timed_out_ = true;
      self->close();
    });
  }

  void close() {
    error_code ignored;
    deadline_.cancel();
    tls_.next_layer().close(ignored);
    inside_.close(ignored);
  }

  std::shared_ptr<asio::ssl::context> context_;
  asio::ssl::stream<tcp::socket> tls_;
  Local::socket inside_;
  asio::steady_timer deadline_;
  const TlsTimeouts timeouts_;
  std::shared_ptr<TlsMetrics> metrics_;
  std::shared_ptr<void> lease_;
  Done done_;
  bool timed_out_ = false;
  std::array<char, 4 * 1024> from_client_;
  std::array<char, 16 * 1024> to_client_;
};

constexpr std::string_view handshakes = "orbit_tls_handshakes_total";
constexpr std::string_view handshakes_help = "TLS handshakes, by what came of them";

}  // namespace

TlsMetrics::TlsMetrics(kernel::MetricsRegistry& metrics)
    : connections(metrics.gauge("orbit_tls_connections", "Open TLS connections, and handshakes under way")),
      succeeded(metrics.counter(handshakes, handshakes_help, {{"outcome", "succeeded"}})),
      failed(metrics.counter(handshakes, handshakes_help, {{"outcome", "failed"}})),
      timed_out(metrics.counter(handshakes, handshakes_help, {{"outcome", "timed_out"}})) {}

void accept_tls(Socket socket, std::shared_ptr<asio::ssl::context> context, const TlsTimeouts& timeouts,
                std::shared_ptr<TlsMetrics> metrics, std::shared_ptr<void> lease, TlsConnection::Done done) {
  std::make_shared<TlsConnection>(std::move(socket), std::move(context), timeouts, std::move(metrics), std::move(lease),
                                  std::move(done))
      ->begin();
}

}  // namespace orbit::http
