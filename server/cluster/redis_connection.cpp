#include "cluster/redis_connection.hpp"

#include <hiredis/hiredis.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <string>
#include <utility>

namespace orbit::cluster {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds tick{500};
constexpr int ticks_between_pings = 2;
// Without a byte from a server that was asked for a sign of life, or to which a connection is being made.
constexpr int most_silent_ticks = 5;
constexpr std::size_t idle_reader_bytes = 1U << 20U;

struct ReaderDeleter {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};
struct ReplyDeleter {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

std::string_view text_of(const redisReply& reply) { return {reply.str, reply.len}; }

// "+PONG", or of a connection that subscribes, an array that begins with "pong".
bool is_pong(const redisReply& reply) {
  const bool is_array = reply.type == REDIS_REPLY_ARRAY && reply.elements > 0;
  const redisReply& word = is_array ? *reply.element[0] : reply;
  const bool has_text = word.type == REDIS_REPLY_STATUS || word.type == REDIS_REPLY_STRING;
  return has_text && (text_of(word) == "PONG" || text_of(word) == "pong");
}

}  // namespace

// What hiredis does here is to read replies. Its own asynchronous connections know no PING while they subscribe.
// Handlers under way keep it; without an owner they do nothing.
class RedisConnection::Wire : public std::enable_shared_from_this<Wire> {
 public:
  Wire(asio::io_context& context, Owner& owner, const BrokerUrl& url)
      : owner_(&owner), url_(url), resolver_(context), socket_(context), timer_(context) {
    reader_->maxbuf = idle_reader_bytes;
  }

  void open() {
    keep_time();
    const BrokerHost& host = url_.hosts.front();
    resolver_.async_resolve(
        host.name, std::to_string(host.port),
        [self = shared_from_this()](const error_code& error, const tcp::resolver::results_type& at) {
          if (self->is_fine(error)) self->connect(at);
        });
  }

  void close() {
    owner_ = nullptr;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
  }

  void add_command(std::initializer_list<std::string_view> words) {
    outgoing_.append("*").append(std::to_string(words.size())).append("\r\n");
    for (const std::string_view word : words) {
      outgoing_.append("$").append(std::to_string(word.size())).append("\r\n").append(word).append("\r\n");
    }
  }

  void flush() {
    if (!writing_.empty() || outgoing_.empty() || !is_connected_) return;
    std::swap(writing_, outgoing_);
    asio::async_write(socket_, asio::buffer(writing_),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        self->writing_.clear();
                        if (self->is_fine(error)) self->flush();
                      });
  }

  [[nodiscard]] std::size_t queued_bytes() const { return outgoing_.size() + writing_.size(); }

 private:
  void connect(const tcp::resolver::results_type& addresses) {
    asio::async_connect(socket_, addresses, [self = shared_from_this()](const error_code& error, const tcp::endpoint&) {
      if (!self->is_fine(error)) return;
      error_code ignored;
      self->socket_.set_option(tcp::no_delay(true), ignored);
      self->is_connected_ = true;
      self->sign_in();
      self->read();
    });
  }

  void sign_in() {
    if (url_.has_password) {
      if (url_.user.empty()) {
        add_command({"AUTH", url_.password});
      } else {
        add_command({"AUTH", url_.user, url_.password});
      }
    }
    ping();
    flush();
  }

  void read() {
    socket_.async_read_some(asio::buffer(buffer_), [self = shared_from_this()](const error_code& error, std::size_t n) {
      if (!self->is_fine(error)) return;
      self->silent_ticks_ = 0;
      redisReaderFeed(self->reader_.get(), self->buffer_.data(), n);
      if (self->take_replies()) self->read();
    });
  }

  bool take_replies() {
    for (;;) {
      void* found = nullptr;
      if (redisReaderGetReply(reader_.get(), &found) != REDIS_OK) {
        fail(reader_->errstr);
        return false;
      }
      if (found == nullptr) return true;
      const std::unique_ptr<redisReply, ReplyDeleter> reply(static_cast<redisReply*>(found));
      take(*reply);
      if (owner_ == nullptr) return false;
    }
  }

  void take(const redisReply& reply) {
    // Nothing that is asked here may be refused: who may not subscribe to a subject would wait for ever.
    if (reply.type == REDIS_REPLY_ERROR) return fail(text_of(reply));
    if (is_pong(reply)) {
      awaits_pong_ = false;
      if (!std::exchange(is_ready_, true)) owner_->ready();
    } else if (is_ready_) {
      owner_->replied(reply);
    }
  }

  void ping() {
    add_command({"PING"});
    awaits_pong_ = true;
    ticks_since_ping_ = 0;
  }

  void keep_time() {
    timer_.expires_after(tick);
    timer_.async_wait([self = shared_from_this()](const error_code& cancelled) {
      if (cancelled || self->owner_ == nullptr) return;
      self->take_tick();
      if (self->owner_ != nullptr) self->keep_time();
    });
  }

  void take_tick() {
    const bool expects_something = awaits_pong_ || !is_ready_;
    silent_ticks_ = expects_something ? silent_ticks_ + 1 : 0;
    if (silent_ticks_ >= most_silent_ticks) return fail(is_connected_ ? "it doesn't answer" : "timed out");
    if (++ticks_since_ping_ >= ticks_between_pings && is_ready_ && !awaits_pong_) {
      ping();
      flush();
    }
  }

  bool is_fine(const error_code& error) {
    if (owner_ == nullptr) return false;
    if (error) fail(error == asio::error::eof ? "it closed the connection" : error.message());
    return !error;
  }

  void fail(std::string_view reason) {
    Owner* const owner = owner_;
    close();
    owner->failed(reason);
  }

  Owner* owner_;
  const BrokerUrl url_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  std::unique_ptr<redisReader, ReaderDeleter> reader_{redisReaderCreate()};
  std::array<char, 64 * 1'024> buffer_{};
  std::string outgoing_;
  std::string writing_;
  bool is_connected_ = false;
  bool is_ready_ = false;
  bool awaits_pong_ = false;
  int ticks_since_ping_ = 0;
  int silent_ticks_ = 0;
};

RedisConnection::RedisConnection(asio::io_context& context, Owner& owner, const BrokerUrl& url)
    : wire_(std::make_shared<Wire>(context, owner, url)) {
  wire_->open();
}

RedisConnection::~RedisConnection() { wire_->close(); }

void RedisConnection::add_command(std::initializer_list<std::string_view> words) { wire_->add_command(words); }

void RedisConnection::flush() { wire_->flush(); }

std::size_t RedisConnection::queued_bytes() const { return wire_->queued_bytes(); }

}  // namespace orbit::cluster
