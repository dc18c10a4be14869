#include "load/crowd.hpp"

#include <utility>

#include "load/loopback.hpp"

namespace orbit::bench {

class Crowd::Socket final : PollHandler {
 public:
  Socket(Crowd& crowd, std::size_t number) : crowd_(crowd), number_(number) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (socket_.is_open()) crowd_.poller_.remove(socket_.get(), *this);
  }

  Outcome<> connect() {
    auto socket = start_connecting(crowd_.port_);
    if (!socket) return std::unexpected(socket.error());
    socket_ = *std::move(socket);
    crowd_.poller_.add(socket_.get(), EPOLLIN | EPOLLOUT, *this);
    return {};
  }

  /// True for the first that is said in a turn.
  bool say(std::string_view message) {
    outbox_ += masked_frame(Opcode::text, message);
    return !std::exchange(speaks_, true);
  }

  void flush() {
    speaks_ = false;
    if (!waits_) write();
  }

 private:
  enum class Stage : std::uint8_t { connecting, upgrading, joining, ready };

  void on_ready(std::uint32_t events) override {
    if (stage_ == Stage::connecting) return begin(events);
    if ((events & EPOLLOUT) != 0) write();
    if ((events & ~EPOLLOUT) != 0) read();
  }

  void begin(std::uint32_t events) {
    if (connect_error(socket_.get()) != 0) return crowd_.fail("a connection was refused");
    if ((events & EPOLLOUT) == 0) return;
    stage_ = Stage::upgrading;
    crowd_.poller_.change(socket_.get(), EPOLLIN, *this);
    const auto& shape = crowd_.shape_;
    outbox_ = handshake_of(crowd_.dialect_, number_ % shape.channels, shape.offers_deflate);
    write();
  }

  void write() {
    const auto sent = send_some(socket_.get(), outbox_);
    if (!sent) return crowd_.fail(sent.error().what);
    outbox_.erase(0, *sent);
    const bool waits = !outbox_.empty();
    if (std::exchange(waits_, waits) != waits) {
      crowd_.poller_.change(socket_.get(), waits ? EPOLLIN | EPOLLOUT : EPOLLIN, *this);
    }
  }

  void read() {
    const auto buffer = crowd_.poller_.scratch();
    const auto received = receive_some(socket_.get(), buffer);
    if (!received) return crowd_.fail(received.error().what);
    const auto now = Clock::now();
    std::string_view bytes(buffer.data(), *received);
    if (stage_ == Stage::upgrading) read_upgrade(bytes);
    while (stage_ >= Stage::joining && !crowd_.failure_) {
      const auto frame = scanner_.next(bytes);
      if (!frame) return crowd_.fail(frame.error().what);
      if (!*frame) return;
      on_frame(**frame, now);
    }
  }

  void read_upgrade(std::string_view& bytes) {
    const auto answer = upgrade_.take(bytes);
    if (!answer) return crowd_.fail(answer.error().what);
    if (!*answer) return;
    if ((*answer)->status != 101) {
      return crowd_.fail("a handshake was answered " + std::to_string((*answer)->status));
    }
    stage_ = Stage::joining;
    if (crowd_.dialect_.ready.empty()) become_ready();
  }

  void become_ready() {
    stage_ = Stage::ready;
    ++crowd_.ready_;
  }

  void on_frame(const ScannedFrame& frame, TimePoint now) {
    switch (frame.opcode) {
      case Opcode::text:
        return on_text(frame.beginning, now);
      case Opcode::ping:
        outbox_ += masked_frame(Opcode::pong, frame.beginning);
        return flush();
      case Opcode::close:
        return crowd_.fail("the server closed a socket");
      default:
        return;
    }
  }

  void on_text(std::string_view text, TimePoint now) {
    const Dialect& dialect = crowd_.dialect_;
    if (const auto stamp = stamp_of(dialect, text)) return on_message(*stamp, now);
    if (stage_ == Stage::joining && !dialect.greeting.empty() && text.starts_with(dialect.greeting)) {
      return reply(dialect.answer);
    }
    if (stage_ == Stage::joining && text.starts_with(dialect.ready)) return become_ready();
    if (!dialect.ping.empty() && text == dialect.ping) return reply(dialect.pong);
    crowd_.fail("the server said something else: " + std::string(text.substr(0, 80)));
  }

  void reply(std::string_view text) {
    outbox_ += masked_frame(Opcode::text, text);
    flush();
  }

  // Of a channel, and so of a socket, numbers only rise.
  void on_message(const Stamp& stamp, TimePoint now) {
    if (stamp.number < next_) return crowd_.fail("a message came twice, or behind a later one");
    next_ = stamp.number + 1;
    if (crowd_.events_ != nullptr) crowd_.events_->delivered(stamp, now);
  }

  Crowd& crowd_;
  const std::size_t number_;
  Descriptor socket_;
  Stage stage_ = Stage::connecting;
  bool speaks_ = false;
  bool waits_ = false;  // to be writable
  std::uint32_t next_ = 0;
  std::string outbox_;
  HttpAnswerParser upgrade_;
  FrameScanner scanner_;
};

Crowd::Crowd(Poller& poller, unsigned short port, const Dialect& dialect, const CrowdShape& shape)
    : poller_(poller), port_(port), dialect_(dialect), shape_(shape) {}

Crowd::~Crowd() = default;

Outcome<> Crowd::open(std::size_t at_once) {
  constexpr std::chrono::seconds patience{60};
  const auto deadline = Clock::now() + patience;
  while (ready_ < shape_.sockets) {
    while (sockets_.size() < shape_.sockets && sockets_.size() - ready_ < at_once) {
      sockets_.push_back(std::make_unique<Socket>(*this, sockets_.size()));
      if (auto connecting = sockets_.back()->connect(); !connecting) return connecting;
    }
    poller_.turn(std::chrono::milliseconds(100));
    if (failure_) return std::unexpected(*failure_);
    if (Clock::now() > deadline) {
      return bench::failure(std::to_string(shape_.sockets - ready_) + " sockets are not open in time");
    }
  }
  return {};
}

void Crowd::say(std::size_t channel, std::string_view message) {
  if (sockets_[channel]->say(message)) speaking_.push_back(channel);
}

void Crowd::flush() {
  for (const std::size_t channel : speaking_) sockets_[channel]->flush();
  speaking_.clear();
}

void Crowd::fail(std::string why) {
  if (!failure_) failure_ = Failure{std::move(why)};
}

}  // namespace orbit::bench
