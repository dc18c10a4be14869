#include "app/watch.hpp"

#include <unistd.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json.hpp>
#include <boost/url.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

#include "app/event_line.hpp"
#include "app/password.hpp"

namespace orbit::app {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using WebSocket = beast::websocket::stream<beast::tcp_stream>;
using Answer = beast::http::response<beast::http::string_body>;

namespace {

// Ends the command with a sentence for the one who watches.
struct Ended {
  int exit_code;
  std::string sentence;
};

// What an answer other than the one hoped for says: the detail of its problem, or its status.
std::string refusal(const Answer& answer) {
  error_code malformed;
  const json::value problem = json::parse(answer.body(), malformed);
  const json::value* detail = !malformed && problem.is_object() ? problem.get_object().if_contains("detail") : nullptr;
  if (detail != nullptr && detail->is_string()) return std::string(detail->get_string());
  return "it answered " + std::to_string(answer.result_int()) + " " + std::string(answer.reason()) + ".";
}

// A node or proxy that will answer otherwise in a while: full, stopping, starting.
bool passes(const Answer& answer) {
  return answer.result_int() == 429 || (answer.result_int() >= 502 && answer.result_int() <= 504);
}

class Watcher {
 public:
  Watcher(const Config& config, std::string password)
      : config_(config), url_(boost::urls::parse_uri(config.watch_url).value()), password_(std::move(password)) {}

  asio::awaitable<void> run() {
    co_await sign_in();
    for (int attempt = 0;; ++attempt) {
      const bool was_open = co_await follow();
      attempt = was_open ? 0 : attempt;
      const double most = std::min(15.0, 0.25 * static_cast<double>(1 << std::min(attempt, 6)));
      const std::chrono::duration<double> wait{std::uniform_real_distribution<>(0.05, most)(random_)};
      std::cerr << "not connected; trying again in " << static_cast<int>(wait.count() * 1000) << " ms\n";
      asio::steady_timer timer(co_await asio::this_coro::executor,
                               std::chrono::duration_cast<std::chrono::milliseconds>(wait));
      co_await timer.async_wait(use_awaitable);
    }
  }

  // Called by Ctrl-C, on the same thread.
  asio::awaitable<void> close() {
    if (socket_ && socket_->is_open())
      co_await socket_->async_close(beast::websocket::close_code::normal, use_awaitable);
  }

 private:
  asio::awaitable<void> connect(beast::tcp_stream& stream) {
    tcp::resolver resolver(co_await asio::this_coro::executor);
    const std::string port = url_.has_port() ? std::string(url_.port()) : "80";
    stream.expires_after(std::chrono::seconds(10));
    co_await stream.async_connect(co_await resolver.async_resolve(url_.host_address(), port, use_awaitable),
                                  use_awaitable);
  }

  [[nodiscard]] std::string origin() const {
    if (!config_.watch_origin.empty()) return config_.watch_origin;
    return std::string(url_.scheme()) + "://" + std::string(url_.encoded_host_and_port());
  }

  asio::awaitable<void> sign_in() {
    beast::tcp_stream stream(co_await asio::this_coro::executor);
    co_await connect(stream);
    beast::http::request<beast::http::string_body> request(beast::http::verb::post, "/v1/session", 11);
    request.set(beast::http::field::host, std::string(url_.encoded_host_and_port()));
    request.set(beast::http::field::origin, origin());
    request.set(beast::http::field::content_type, "application/json");
    request.set(beast::http::field::user_agent, "orbit watch");
    request.body() = json::serialize(json::object{{"email", config_.watch_as}, {"password", password_}});
    request.prepare_payload();
    co_await beast::http::async_write(stream, request, use_awaitable);
    beast::flat_buffer buffer;
    Answer response;
    co_await beast::http::async_read(stream, buffer, response, use_awaitable);
    if (response.result() != beast::http::status::ok) {
      throw Ended{1, "Can't sign in as " + config_.watch_as + ": " + refusal(response)};
    }
    const std::string cookie(response[beast::http::field::set_cookie]);
    cookie_ = cookie.substr(0, cookie.find(';'));
  }

  // Follows one connection to its end. Returns whether it had opened.
  asio::awaitable<bool> follow() {
    socket_.emplace(co_await asio::this_coro::executor);
    bool opened = false;
    Answer response;
    try {
      co_await connect(beast::get_lowest_layer(*socket_));
      beast::get_lowest_layer(*socket_).expires_never();
      socket_->set_option(beast::websocket::stream_base::timeout::suggested(beast::role_type::client));
      socket_->set_option(beast::websocket::stream_base::decorator([this](beast::websocket::request_type& request) {
        request.set(beast::http::field::cookie, cookie_);
        request.set(beast::http::field::origin, origin());
      }));
      co_await socket_->async_handshake(
          response, std::string(url_.encoded_host_and_port()),
          "/v1/ws?workspace=" + boost::urls::encode(config_.watch_workspace, boost::urls::unreserved_chars),
          use_awaitable);
      opened = true;
      for (;;) {
        beast::flat_buffer buffer;
        co_await socket_->async_read(buffer, use_awaitable);
        print(beast::buffers_to_string(buffer.data()));
      }
    } catch (const boost::system::system_error& error) {
      if (error.code() == beast::websocket::error::upgrade_declined) {
        const std::string sentence =
            "The node opens no socket in " + config_.watch_workspace + ": " + refusal(response);
        if (!passes(response)) throw Ended{1, sentence};
        std::cerr << sentence << "\n";
      }
      if (error.code() == beast::websocket::error::closed) consider(socket_->reason());
    }
    co_return opened;
  }

  static void consider(const beast::websocket::close_reason& reason) {
    switch (reason.code) {
      case 4401:
        throw Ended{1, "The session has ended."};
      case 4403:
        throw Ended{1, "The membership has ended."};
      case 4429:
        throw Ended{1, "There are too many sockets of this member."};
      case 1000:
        throw Ended{0, ""};
      default:
        return;
    }
  }

  static void print(const std::string& frame) {
    static const bool on_terminal = isatty(STDOUT_FILENO) != 0;
    std::cout << (on_terminal ? event_line(frame, kernel::SystemClock{}.now()) : frame) << std::endl;
  }

  const Config& config_;
  boost::urls::url url_;
  const std::string password_;
  std::string cookie_;
  std::optional<WebSocket> socket_;
  std::mt19937 random_{std::random_device{}()};
};

}  // namespace

int watch(const Config& config) {
  const auto url = boost::urls::parse_uri(config.watch_url);
  if (!url || url->scheme_id() != boost::urls::scheme::http || url->host().empty()) {
    std::cerr << "--url must be a URL such as http://127.0.0.1:8080, not \"" << config.watch_url << "\".\n";
    if (url && url->scheme_id() == boost::urls::scheme::https) {
      std::cerr << "watch speaks no TLS: give the address that the node itself listens on, and its public one as "
                   "--origin.\n";
    }
    return 2;
  }
  const auto password = read_password(config.password_from_stdin);
  if (!password) {
    std::cerr << "orbit: " << password.error().message << "\n";
    return 1;
  }
  asio::io_context context{1};
  Watcher watcher(config, *password);
  int exit_code = 0;
  const auto finish = [&](std::exception_ptr failure) {
    context.stop();
    try {
      if (failure) std::rethrow_exception(failure);
    } catch (const Ended& ended) {
      exit_code = ended.exit_code;
      if (!ended.sentence.empty()) std::cerr << ended.sentence << "\n";
    } catch (const std::exception& error) {
      exit_code = 1;
      std::cerr << "Can't reach " << config.watch_url << ": " << error.what() << "\n";
    }
  };
  asio::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](const error_code& error, int) {
    if (!error) asio::co_spawn(context, watcher.close(), [&](const std::exception_ptr&) { context.stop(); });
  });
  asio::co_spawn(context, watcher.run(), finish);
  context.run();
  return exit_code;
}

}  // namespace orbit::app
