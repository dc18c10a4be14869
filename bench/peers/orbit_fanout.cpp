// Orbit's fan-out without the rest of the node: the handshake, a shard with all that it does for its sockets (limits on
// frames and rates, UTF-8, heartbeats, bounded queues, permessage-deflate, metrics), the hub, and frames with a seq,
// which must not be dropped. One thread: what the node's realtime thread does for a message is done on the shard's.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <cstdio>
#include <exception>

#include "kernel/clock.hpp"
#include "kernel/metrics.hpp"
#include "peers/upgrade.hpp"
#include "realtime/channel.hpp"
#include "realtime/in_process_realtime_hub.hpp"
#include "websocket/handshake.hpp"
#include "websocket/shard.hpp"
#include "websocket/text_frame_encoder.hpp"

namespace orbit::peers {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

/// The workspace that stands for a channel's number.
kernel::WorkspaceId workspace_of(std::uint32_t channel) {
  char text[40];
  std::snprintf(text, sizeof text, "ws_00000000-0000-7000-8000-%012x", channel);
  return *kernel::WorkspaceId::parse(text);
}

/// Puts each socket on its workspace's channel and its member's, as the gateway does, and says to all of a workspace
/// what one of them says.
class Echo final : public realtime::SocketEvents {
 public:
  Echo(realtime::RealtimeHub& hub, const realtime::FrameEncoder& encoder) : hub_(hub), encoder_(encoder) {}

  void opened(const realtime::SocketHandle& socket, const std::optional<realtime::StreamCursor>& /*cursor*/) override {
    hub_.register_socket(socket);
    hub_.subscribe(socket.id, realtime::workspace_channel(socket.identity.workspace));
    hub_.subscribe(socket.id, realtime::member_channel(socket.identity.member));
  }
  void received(const realtime::SocketHandle& socket, std::string_view text) override {
    hub_.broadcast(realtime::workspace_channel(socket.identity.workspace), encoder_.encode(text, ++seq_));
  }
  void caught_up(const realtime::SocketHandle& /*socket*/) override {}
  void skipped(const realtime::SocketHandle& /*socket*/) override {}
  void broadcasts_dropped() override {}
  void closed(const realtime::SocketHandle& socket) override { hub_.unregister_socket(socket.id); }

 private:
  realtime::RealtimeHub& hub_;
  const realtime::FrameEncoder& encoder_;
  kernel::Seq seq_ = 0;
};

/// One connection until it is the shard's.
class Visitor : public std::enable_shared_from_this<Visitor> {
 public:
  Visitor(tcp::socket socket, websocket::Shard& shard, const kernel::Clock& clock)
      : socket_(std::move(socket)), shard_(shard), clock_(clock) {}

  void start() {
    http::async_read_header(socket_, buffer_, parser_, [self = shared_from_this()](error_code error, std::size_t) {
      if (!error) self->upgrade();
    });
  }

 private:
  void upgrade() {
    const auto& request = parser_.get();
    const std::string_view method(request.method_string().data(), request.method_string().size());
    const auto values_of = [&](std::string_view name) {
      std::vector<std::string_view> values;
      const auto [first, last] = request.equal_range({name.data(), name.size()});
      for (auto it = first; it != last; ++it) values.emplace_back(it->value().data(), it->value().size());
      return values;
    };
    const auto channel = channel_in({request.target().data(), request.target().size()});
    const auto accepted = websocket::accept_handshake({method, 1, 1, values_of}, true);
    if (!channel || !accepted || !shard_.accepting()) return;
    const realtime::SocketIdentity identity{workspace_of(*channel), kernel::MemberId::create(clock_),
                                            kernel::UserId::create(clock_), kernel::SessionId::create(clock_)};
    const auto rest = buffer_.cdata();
    const std::string leftover(static_cast<const char*>(rest.data()), rest.size());
    error_code ignored;
    socket_.non_blocking(true, ignored);
    shard_.adopt(socket_.release(), identity, *accepted, leftover);
  }

  tcp::socket socket_;
  websocket::Shard& shard_;
  const kernel::Clock& clock_;
  beast::flat_buffer buffer_;
  http::request_parser<http::empty_body> parser_;
};

void accept(tcp::acceptor& acceptor, websocket::Shard& shard, const kernel::Clock& clock) {
  acceptor.async_accept([&](error_code error, tcp::socket socket) {
    if (!error) std::make_shared<Visitor>(std::move(socket), shard, clock)->start();
    accept(acceptor, shard, clock);
  });
}

void serve(unsigned short port) {
  asio::io_context context{1};
  const kernel::SystemClock clock;
  kernel::MetricsRegistry metrics;
  realtime::InProcessRealtimeHub hub(metrics);
  websocket::ShardOptions options;
  options.messages_per_second = options.message_burst = 1'000'000;  // counted, but nobody is too fast
  const websocket::TextFrameEncoder encoder(options.deflate_from, metrics);
  Echo echo(hub, encoder);
  websocket::Shard shard(context, echo, clock, metrics, options);

  tcp::acceptor acceptor(context);
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint);
  acceptor.listen(4096);
  print_listening(acceptor.local_endpoint().port());
  accept(acceptor, shard, clock);
  context.run();
}

}  // namespace
}  // namespace orbit::peers

int main(int argc, char** argv) {
  try {
    orbit::peers::serve(orbit::peers::port_argument(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "orbit_fanout: %s\n", error.what());
    return 1;
  }
}
