// An echo for the tests of RFC 6455 and 7692: a node's HTTP server, handshake and shard as they are, with a handler
// that sends back each message. Built with the tests only. One thread.
#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>

#include "http/problem.hpp"
#include "http/server.hpp"
#include "kernel/clock.hpp"
#include "kernel/metrics.hpp"
#include "websocket/handshake.hpp"
#include "websocket/shard.hpp"
#include "websocket/text_frame_encoder.hpp"

namespace orbit::conformance {
namespace {

class Echo final : public realtime::SocketEvents {
 public:
  explicit Echo(const realtime::FrameEncoder& encoder) : encoder_(encoder) {}

  void opened(const realtime::SocketHandle& /*socket*/, const std::optional<realtime::StreamCursor>&) override {}
  void received(const realtime::SocketHandle& socket, std::string_view text) override {
    socket.send(encoder_.encode_for_one(text, std::nullopt));
  }
  void caught_up(const realtime::SocketHandle& /*socket*/) override {}
  void skipped(const realtime::SocketHandle& /*socket*/) override {}
  void broadcasts_dropped() override {}
  void closed(const realtime::SocketHandle& /*socket*/) override {}

 private:
  const realtime::FrameEncoder& encoder_;
};

/// Lets in everybody who shakes hands as RFC 6455 says.
class OpenDoor final : public http::RequestHandler {
 public:
  OpenDoor(websocket::Shard& shard, bool wants_deflate) : shard_(shard), wants_deflate_(wants_deflate) {}

  void handle(http::Request request, http::Respond respond) override {
    respond(http::problem(404, "not_found", "There is nothing but an echo.", request.id));
  }
  [[nodiscard]] bool is_upgrade(const http::Request& /*request*/) const override { return true; }
  void upgrade(http::Request request, http::DecideUpgrade decide) override {
    auto accepted = websocket::accept_handshake(
        {request.method, 1, request.http_minor, [&](std::string_view name) { return request.header_values(name); }},
        wants_deflate_);
    if (!accepted) {
      const auto& refused = accepted.error();
      http::Response refusal = http::problem(refused.status, refused.code, refused.message, request.id);
      for (const auto& [name, value] : refused.headers) refusal.headers.emplace_back(name, value);
      return decide(std::move(refusal));
    }
    decide(http::TakeSocket([this, handshake = *std::move(accepted)](const http::UpgradedSocket& socket) {
      shard_.adopt(socket.descriptor, {}, handshake, socket.leftover);
    }));
  }

 private:
  websocket::Shard& shard_;
  bool wants_deflate_;
};

int serve(const websocket::ShardOptions& options) {
  boost::asio::io_context context{1};
  boost::asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&](const auto&, int) { context.stop(); });
  const kernel::SystemClock clock;
  kernel::MetricsRegistry metrics;
  const websocket::TextFrameEncoder encoder(options.deflate_from, metrics);
  Echo echo(encoder);
  websocket::Shard shard(context, echo, clock, metrics, options);
  OpenDoor door(shard, options.deflate_from != 0);
  http::Server server(context, door, metrics, {});
  const auto port = http::reserve_free_port(context, "127.0.0.1");
  if (!port || !server.listen("127.0.0.1", port->port, true)) return 1;
  server.start();
  std::printf("listening on ws://127.0.0.1:%u\n", port->port);
  std::fflush(stdout);
  context.run();
  return 0;
}

}  // namespace
}  // namespace orbit::conformance

int main(int argc, char** argv) {
  orbit::websocket::ShardOptions options;
  options.messages_per_second = options.message_burst = 1'000'000;
  options.close_timeout = std::chrono::seconds(1);
  CLI::App app("Sends back what it is sent, on a free port.");
  app.add_option("--max-message", options.max_message, "Bytes of a message")->capture_default_str();
  app.add_option("--deflate-from", options.deflate_from, "Compress from this many bytes on; 0: never")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  return orbit::conformance::serve(options);
}
