#include "http/tls.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <condition_variable>
#include <mutex>

#include "http/tls_connection.hpp"

namespace orbit::http {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

using Context = std::shared_ptr<ssl::context>;

constexpr unsigned char http_1_1[] = "\x08http/1.1";

// A client that speaks of protocols must speak this one.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, size, http_1_1, sizeof(http_1_1) - 1, offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

std::unexpected<kernel::Error> unusable(const std::filesystem::path& file, const std::string& why) {
  return kernel::failure(kernel::ErrorKind::invalid, "tls.unusable",
                         "The TLS file " + file.string() + " can't be used: " + why + ".");
}

kernel::Result<Context> make_context(const TlsOptions& options) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                  SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  // A key that asks for a password is none that a node can start with.
  SSL_CTX_set_default_passwd_cb(native, [](char*, int, int, void*) { return 0; });
  error_code error;
  if (context->use_certificate_chain_file(options.certificate.string(), error)) {
    return unusable(options.certificate, error.message());
  }
  if (context->use_private_key_file(options.key.string(), ssl::context::pem, error)) {
    return unusable(options.key, error.message());
  }
  if (SSL_CTX_check_private_key(native) != 1) return unusable(options.key, "it doesn't belong to the certificate");
  return context;
}

}  // namespace

class Tls::Impl {
 public:
  Impl(const TlsOptions& options, Context context, kernel::MetricsRegistry& metrics)
      : options_(options), context_(std::move(context)), metrics_(std::make_shared<TlsMetrics>(metrics)) {}

  kernel::Result<> reload() {
    auto context = make_context(options_);
    if (!context) return std::unexpected(context.error());
    const std::lock_guard lock(mutex_);
    context_ = *std::move(context);
    return {};
  }

  void accept(Socket socket, std::move_only_function<void(int)> done) {
    accept_tls(std::move(socket), current(), {options_.handshake_timeout, options_.write_timeout}, metrics_, begin(),
               std::move(done));
  }

  void wait_until_idle(std::chrono::milliseconds time) {
    std::unique_lock lock(open_->mutex);
    open_->changed.wait_for(lock, time, [this] { return open_->count == 0; });
  }

 private:
  struct Open {
    std::mutex mutex;  // protects count
    std::condition_variable changed;
    std::size_t count = 0;
  };

  Context current() {
    const std::lock_guard lock(mutex_);
    return context_;
  }

  // Counts a connection until it is dropped.
  std::shared_ptr<void> begin() {
    const std::lock_guard lock(open_->mutex);
    ++open_->count;
    return {static_cast<void*>(open_.get()), [open = open_](void*) {
              const std::lock_guard ending(open->mutex);
              if (--open->count == 0) open->changed.notify_all();
            }};
  }

  const TlsOptions options_;
  std::mutex mutex_;  // protects context_
  Context context_;
  std::shared_ptr<TlsMetrics> metrics_;
  std::shared_ptr<Open> open_ = std::make_shared<Open>();
};

Tls::Tls(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tls::~Tls() = default;

kernel::Result<std::unique_ptr<Tls>> Tls::load(const TlsOptions& options, kernel::MetricsRegistry& metrics) {
  auto context = make_context(options);
  if (!context) return std::unexpected(context.error());
  return std::unique_ptr<Tls>(new Tls(std::make_unique<Impl>(options, *std::move(context), metrics)));
}

kernel::Result<> Tls::reload() { return impl_->reload(); }

void Tls::accept(Socket socket, std::move_only_function<void(int)> done) {
  impl_->accept(std::move(socket), std::move(done));
}

void Tls::wait_until_idle(std::chrono::milliseconds time) { impl_->wait_until_idle(time); }

}  // namespace orbit::http
