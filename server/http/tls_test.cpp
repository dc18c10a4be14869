#include "http/tls.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdio>
#include <fstream>
#include <future>
#include <thread>

namespace orbit::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using std::chrono::milliseconds;

// Signed by itself.
void write_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), pair.get());
  X509_sign(made.get(), pair.get(), EVP_sha256());
  const auto write = [](const std::filesystem::path& path, const auto& print) {
    std::FILE* file = std::fopen(path.c_str(), "w");
    print(file);
    std::fclose(file);
  };
  write(certificate, [&](std::FILE* file) { PEM_write_X509(file, made.get()); });
  write(key, [&](std::FILE* file) { PEM_write_PrivateKey(file, pair.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

// One connection; reads give up after five seconds.
class TlsClient {
 public:
  explicit TlsClient(unsigned short port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{5, 0};
    const int small = 4096;
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    const tcp::endpoint to(asio::ip::address_v4::loopback(), port);
    EXPECT_EQ(::connect(socket_, to.data(), static_cast<socklen_t>(to.size())), 0);
  }
  ~TlsClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(socket_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool shake_hands() {
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, socket_);
    return SSL_connect(ssl_) == 1;
  }

  bool send(const std::string& bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  }

  // All that comes until the goodbye.
  std::string read_all() {
    std::string all;
    char bytes[16 * 1024];
    for (int size = 0; (size = SSL_read(ssl_, bytes, sizeof bytes)) > 0;) all.append(bytes, static_cast<size_t>(size));
    return all;
  }

  // Whether the server said that it has nothing more to say, rather than that the connection broke.
  [[nodiscard]] bool got_goodbye() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

  bool is_closed() {
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) <= 0;
  }

 private:
  int socket_;
  SSL_CTX* context_ = SSL_CTX_new(TLS_client_method());
  SSL* ssl_ = nullptr;
};

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    char folder[] = "/tmp/orbit-tls-XXXXXX";
    folder_ = mkdtemp(folder);
    options.certificate = folder_ / "node.pem";
    options.key = folder_ / "node.key";
    write_certificate(options.certificate, options.key);
  }
  ~TlsTest() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
    std::filesystem::remove_all(folder_);
  }

  void start() {
    tls = Tls::load(options, metrics).value();
    thread_ = std::jthread([this] { context_.run(); });
  }

  // What the server gets of the next client.
  std::future<int> accept() {
    auto promise = std::make_shared<std::promise<int>>();
    acceptor_.async_accept([this, promise](const boost::system::error_code&, tcp::socket socket) {
      tls->accept(std::move(socket), [promise](int descriptor) { promise->set_value(descriptor); });
    });
    return promise->get_future();
  }

  [[nodiscard]] unsigned short port() const { return acceptor_.local_endpoint().port(); }

  std::int64_t handshakes(const char* outcome) {
    return metrics.counter("orbit_tls_handshakes_total", "", {{"outcome", outcome}}).value();
  }

  // Writes as long as something is taken within the time; returns how much.
  static std::size_t write_what_is_taken(int descriptor, std::size_t most, milliseconds patience) {
    const std::string bytes(64 * 1024, 'x');
    std::size_t taken = 0;
    while (taken < most) {
      pollfd writable{descriptor, POLLOUT, 0};
      if (::poll(&writable, 1, static_cast<int>(patience.count())) <= 0) break;
      const auto sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent < 0) break;
      taken += static_cast<std::size_t>(sent);
    }
    return taken;
  }

  kernel::MetricsRegistry metrics;
  TlsOptions options;
  std::unique_ptr<Tls> tls;

 private:
  std::filesystem::path folder_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy_{context_.get_executor()};
  tcp::acceptor acceptor_{context_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::jthread thread_;
};

TEST_F(TlsTest, CarriesBytesBothWaysAndSaysGoodbyeBehindThem) {
  start();
  auto accepted = accept();
  TlsClient client(port());
  ASSERT_TRUE(client.shake_hands());
  const int inside = accepted.get();
  ASSERT_GE(inside, 0);
  ASSERT_TRUE(client.send("from the client"));
  char bytes[64];
  EXPECT_EQ(std::string_view(bytes, static_cast<std::size_t>(::read(inside, bytes, sizeof bytes))), "from the client");

  std::string much;
  for (int i = 0; i < 200'000; ++i) much += std::to_string(i);
  std::jthread writer([&] {
    for (std::size_t from = 0; from < much.size();) {
      pollfd writable{inside, POLLOUT, 0};
      ::poll(&writable, 1, 5'000);
      const auto sent = ::send(inside, much.data() + from, much.size() - from, MSG_NOSIGNAL);
      if (sent > 0) from += static_cast<std::size_t>(sent);
    }
    ::close(inside);
  });
  EXPECT_TRUE(client.read_all() == much);
  EXPECT_TRUE(client.got_goodbye());
  EXPECT_EQ(handshakes("succeeded"), 1);
}

TEST_F(TlsTest, IsFullWhereTheClientReadsNothing) {
  start();
  auto accepted = accept();
  TlsClient client(port());
  ASSERT_TRUE(client.shake_hands());
  const int inside = accepted.get();
  const std::size_t most = 64 * 1024 * 1024;
  EXPECT_LT(write_what_is_taken(inside, most, milliseconds(500)), most);
  ::close(inside);
}

TEST_F(TlsTest, ClosesWhereAClientTakesNothingForTooLong) {
  options.write_timeout = milliseconds(100);
  start();
  auto accepted = accept();
  TlsClient client(port());
  ASSERT_TRUE(client.shake_hands());
  const int inside = accepted.get();
  write_what_is_taken(inside, 64 * 1024 * 1024, milliseconds(5'000));
  char byte = 0;
  EXPECT_LE(::recv(inside, &byte, 1, MSG_DONTWAIT), 0);
  EXPECT_NE(errno, EAGAIN);
  ::close(inside);
  tls->wait_until_idle(milliseconds(5'000));
  EXPECT_EQ(metrics.gauge("orbit_tls_connections", "").value(), 0);
}

TEST_F(TlsTest, CutsOffAHandshakeThatNeverEnds) {
  options.handshake_timeout = milliseconds(30);
  start();
  auto accepted = accept();
  TlsClient silent(port());
  EXPECT_TRUE(silent.is_closed());
  EXPECT_EQ(accepted.get(), -1);
  EXPECT_EQ(handshakes("timed_out"), 1);
  EXPECT_EQ(handshakes("failed"), 0);
}

TEST_F(TlsTest, RefusesFilesThatItCannotUseAndKeepsThoseItHas) {
  start();
  const auto other = options.key.parent_path() / "other.key";
  write_certificate(options.key.parent_path() / "other.pem", other);
  std::filesystem::copy_file(other, options.key, std::filesystem::copy_options::overwrite_existing);
  for (const char* damage : {"another's key", "no key", "nothing"}) {
    if (std::string_view(damage) == "no key") std::ofstream(options.key) << "nonsense";
    if (std::string_view(damage) == "nothing") std::filesystem::remove(options.key);
    const auto reloaded = tls->reload();
    ASSERT_FALSE(reloaded) << damage;
    EXPECT_EQ(reloaded.error().code, "tls.unusable") << damage;
    EXPECT_NE(reloaded.error().message.find("node.key"), std::string::npos) << damage;
    EXPECT_FALSE(Tls::load(options, metrics)) << damage;
  }
  auto accepted = accept();
  TlsClient client(port());
  EXPECT_TRUE(client.shake_hands());
  ::close(accepted.get());
}

}  // namespace
}  // namespace orbit::http
