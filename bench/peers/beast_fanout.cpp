// Fan-out with Boost.Beast, as its own examples do it: each session has a queue of shared strings and writes one at a
// time with async_write; a hub has a set of sessions for each channel. One thread.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdio>
#include <deque>
#include <exception>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "peers/upgrade.hpp"

namespace orbit::peers {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
using beast::error_code;
using Text = std::shared_ptr<const std::string>;

class Session;

class Hub {
 public:
  void join(std::uint32_t channel, Session& session) { channels_[channel].insert(&session); }
  void leave(std::uint32_t channel, Session& session) { channels_[channel].erase(&session); }
  void broadcast(std::uint32_t channel, const Text& text);

 private:
  std::unordered_map<std::uint32_t, std::unordered_set<Session*>> channels_;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, Hub& hub) : stream_(std::move(socket)), hub_(hub) {}
  ~Session() {
    if (channel_) hub_.leave(*channel_, *this);
  }

  void start() {
    error_code ignored;
    beast::get_lowest_layer(stream_).set_option(tcp::no_delay(true), ignored);
    http::async_read(stream_.next_layer(), buffer_, request_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       if (!error) self->accept();
                     });
  }

  void send(const Text& text) {
    queue_.push_back(text);
    if (queue_.size() == 1) write();
  }

 private:
  void accept() {
    const auto channel = channel_in({request_.target().data(), request_.target().size()});
    if (!channel) return;
    stream_.async_accept(request_, [self = shared_from_this(), number = *channel](error_code error) {
      if (error) return;
      self->channel_ = number;
      self->hub_.join(number, *self);
      self->stream_.text(true);
      self->read();
    });
  }

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return;
      const auto text = std::make_shared<const std::string>(beast::buffers_to_string(self->buffer_.data()));
      self->buffer_.consume(self->buffer_.size());
      self->hub_.broadcast(*self->channel_, text);
      self->read();
    });
  }

  void write() {
    stream_.async_write(asio::buffer(*queue_.front()), [self = shared_from_this()](error_code error, std::size_t) {
      if (error) return;
      self->queue_.pop_front();
      if (!self->queue_.empty()) self->write();
    });
  }

  websocket::stream<tcp::socket> stream_;
  Hub& hub_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  std::optional<std::uint32_t> channel_;
  std::deque<Text> queue_;
};

void Hub::broadcast(std::uint32_t channel, const Text& text) {
  for (Session* session : channels_[channel]) session->send(text);
}

void accept(tcp::acceptor& acceptor, Hub& hub) {
  acceptor.async_accept([&](error_code error, tcp::socket socket) {
    if (!error) std::make_shared<Session>(std::move(socket), hub)->start();
    accept(acceptor, hub);
  });
}

void serve(unsigned short port) {
  Hub hub;
  asio::io_context context{1};
  tcp::acceptor acceptor(context);
  const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint);
  acceptor.listen(4096);
  print_listening(acceptor.local_endpoint().port());
  accept(acceptor, hub);
  context.run();
}

}  // namespace
}  // namespace orbit::peers

int main(int argc, char** argv) {
  try {
    orbit::peers::serve(orbit::peers::port_argument(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "beast_fanout: %s\n", error.what());
    return 1;
  }
}
