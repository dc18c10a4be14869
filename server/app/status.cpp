#include "app/status.hpp"

#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <boost/url.hpp>
#include <iostream>

#include "app/status_screen.hpp"

namespace orbit::app {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;
using boost::system::error_code;
using kernel::ErrorKind;
using kernel::failure;
using kernel::Result;

namespace {

constexpr std::chrono::seconds patience{5};

// What a problem says of itself; empty where the answer is none.
std::string detail_of(const std::string& body) {
  error_code malformed;
  const json::value problem = json::parse(body, malformed);
  const json::value* detail = !malformed && problem.is_object() ? problem.get_object().if_contains("detail") : nullptr;
  return detail != nullptr && detail->is_string() ? json::value_to<std::string>(*detail) : "";
}

class StatusClient {
 public:
  StatusClient(boost::urls::url url, std::string key) : url_(std::move(url)), key_(std::move(key)) {}

  /// Errors: unauthenticated and forbidden for the key, unavailable for what may pass.
  Result<std::string> ask() {
    asio::io_context context{1};
    beast::tcp_stream stream(context);
    beast::http::request<beast::http::empty_body> request(beast::http::verb::get, "/v1/admin/status", 11);
    request.set(beast::http::field::host, std::string(url_.encoded_host_and_port()));
    request.set(beast::http::field::authorization, "Bearer " + key_);
    request.set(beast::http::field::user_agent, "orbit status");
    request.keep_alive(false);
    beast::flat_buffer buffer;
    beast::http::response<beast::http::string_body> response;
    error_code failed;
    asio::ip::tcp::resolver resolver(context);
    const auto there = resolver.resolve(url_.host_address(), url_.has_port() ? std::string(url_.port()) : "80", failed);
    if (failed) return unreachable(failed);
    // Asynchronous, so that the stream's timeout holds.
    stream.expires_after(patience);
    stream.async_connect(there, [&](error_code connected, const auto&) {
      failed = connected;
      if (failed) return;
      beast::http::async_write(stream, request, [&](error_code written, std::size_t) {
        failed = written;
        if (failed) return;
        beast::http::async_read(stream, buffer, response, [&](error_code read, std::size_t) { failed = read; });
      });
    });
    context.run();
    if (failed) return unreachable(failed);
    return judge(response.result_int(), response.body());
  }

 private:
  Result<std::string> unreachable(const error_code& error) const {
    const std::string hint =
        error == asio::error::connection_refused ? " Is the node running, with --admin-listen?" : "";
    return failure(ErrorKind::unavailable, "status.unreachable",
                   "Nothing answers at " + std::string(url_.buffer()) + ": " + error.message() + "." + hint);
  }

  Result<std::string> judge(unsigned status, const std::string& body) const {
    if (status == 200) return body;
    if (status == 401) {
      return failure(ErrorKind::unauthenticated, "status.key",
                     key_.empty() ? "The node asks for a key: make one with orbit key create --scope read, and give it "
                                    "in ORBIT_ADMIN_KEY."
                                  : "The node doesn't know this key. orbit key list shows those that it knows.");
    }
    std::string said = detail_of(body);
    if (status == 403) return failure(ErrorKind::forbidden, "status.forbidden", "The key won't do: " + said);
    if (status == 404) {
      return failure(ErrorKind::invalid, "status.elsewhere",
                     "There is no operator API at " + std::string(url_.buffer()) +
                         ": give the address of --admin-listen, not that of --listen.");
    }
    if (said.empty()) said = "it answered " + std::to_string(status) + ".";
    return failure(status == 429 ? ErrorKind::too_many : ErrorKind::unavailable, "status.refused",
                   "The node gives no status: " + said);
  }

  const boost::urls::url url_;
  const std::string key_;
};

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return std::clamp<std::size_t>(size.ws_col, 60, 140);
}

int give_up(const kernel::Error& error) {
  std::cerr << "orbit: " << error.message << "\n";
  return 1;
}

int print_once(StatusClient& client, bool as_json) {
  const auto answer = client.ask();
  if (!answer) return give_up(answer.error());
  if (as_json) {
    std::cout << *answer << std::endl;
    return 0;
  }
  StatusScreen screen;
  if (const auto added = screen.add(*answer); !added) return give_up(added.error());
  const bool on_terminal = isatty(STDOUT_FILENO) != 0;
  std::cout << screen.draw({on_terminal ? terminal_width() : 80, on_terminal, {}}) << std::flush;
  return 0;
}

// The terminal's other screen, for as long as this lives; the one before comes back whole.
struct OtherScreen {
  OtherScreen() { std::cout << "\x1b[?1049h\x1b[?25l" << std::flush; }
  ~OtherScreen() { std::cout << "\x1b[?25h\x1b[?1049l" << std::flush; }
  OtherScreen(const OtherScreen&) = delete;
  OtherScreen& operator=(const OtherScreen&) = delete;
};

// In one write, over what was there, so that nothing flickers.
void show(const std::string& text) {
  std::string drawn = "\x1b[H";
  for (const char c : text) {
    if (c == '\n') drawn += "\x1b[K";
    drawn += c;
  }
  std::cout << drawn << "\x1b[J" << std::flush;
}

int watch_node(StatusClient& client) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  StatusScreen screen;
  auto answer = client.ask();
  if (!answer) return give_up(answer.error());
  std::optional<kernel::Error> final_error;
  {
    const OtherScreen other;
    for (;;) {
      std::string trouble;
      if (answer) {
        if (const auto added = screen.add(*answer); !added) trouble = added.error().message;
      } else if (answer.error().kind != ErrorKind::unavailable) {
        final_error = answer.error();
        break;
      } else {
        trouble = "The node doesn't answer. This is how it was; trying again.";
      }
      show(screen.draw({terminal_width(), true, trouble}));
      const timespec second{1, 0};
      if (sigtimedwait(&signals, nullptr, &second) > 0) break;
      answer = client.ask();
    }
  }
  return final_error ? give_up(*final_error) : 0;
}

}  // namespace

int show_status(const Config& config) {
  const auto url = boost::urls::parse_uri(config.status_url);
  if (!url || url->scheme_id() != boost::urls::scheme::http || url->host().empty()) {
    std::cerr << "--admin must be a URL such as http://127.0.0.1:8090, not \"" << config.status_url << "\".\n";
    return 2;
  }
  StatusClient client(*url, config.status_key);
  if (config.status_json) return print_once(client, true);
  if (config.status_once || isatty(STDOUT_FILENO) == 0) return print_once(client, false);
  return watch_node(client);
}

}  // namespace orbit::app
