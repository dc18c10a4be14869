#include "load/tab.hpp"

#include "load/http_answer.hpp"
#include "load/loopback.hpp"

namespace orbit::bench {

void Tab::open() {
  story_.started = Clock::now();
  connect();
}

void Tab::connect() {
  auto socket_out = start_connecting(context_.port, plan_.receive_buffer);
  if (!socket_out) return try_again();
  socket_ = *std::move(socket_out);
  stage_ = Stage::connecting;
  context_.poller.add(socket_.get(), EPOLLIN | EPOLLOUT, *this);
}

void Tab::stop_reading() {
  if (socket_.is_open()) context_.poller.remove(socket_.get(), *this);
}

void Tab::read_on() {
  if (socket_.is_open()) context_.poller.add(socket_.get(), EPOLLIN, *this);
}

void Tab::on_ready(std::uint32_t events) {
  if (stage_ != Stage::connecting) return pull();
  if (connect_error(socket_.get()) != 0) return try_again();
  if ((events & EPOLLOUT) == 0) return;
  stage_ = Stage::upgrading;
  context_.poller.change(socket_.get(), EPOLLIN, *this);
  push(plan_.handshake);
}

// What a tab says is so short that a socket that takes none of it is as good as lost.
void Tab::push(std::string_view bytes) {
  const auto sent = send_some(socket_.get(), bytes);
  if (!sent || *sent != bytes.size()) try_again();
}

void Tab::pull() {
  const auto buffer = context_.poller.scratch();
  const auto received = receive_some(socket_.get(), buffer);
  if (!received) return try_again();
  story_.bytes += *received;
  if (*received > 0) ++story_.reads;
  std::string_view bytes(buffer.data(), *received);
  if (stage_ == Stage::upgrading) read_upgrade(bytes);
  if (stage_ >= Stage::greeting) read_frames(bytes);
}

void Tab::read_upgrade(std::string_view& bytes) {
  const auto answer = upgrade_.take(bytes);
  if (!answer) return give_up(answer.error().what);
  if (!*answer) return;
  if ((*answer)->status == 503) return try_again();
  if ((*answer)->status != 101) return give_up("the handshake was answered " + std::to_string((*answer)->status));
  stage_ = Stage::greeting;
}

void Tab::read_frames(std::string_view bytes) {
  while (socket_.is_open()) {
    const auto frame = scanner_.next(bytes);
    if (!frame) return give_up(frame.error().what);
    if (!*frame) return;
    on_frame(**frame);
  }
}

void Tab::on_frame(const ScannedFrame& frame) {
  ++story_.frames;
  switch (frame.opcode) {
    case Opcode::text: {
      const EventFacts facts = facts_of(frame.beginning);
      if (context_.on_signal && facts.type == "room.signal") return context_.on_signal(frame.beginning);
      if (context_.on_presence && facts.type == "presence.update") return context_.on_presence(frame.beginning);
      return on_event(facts, frame.beginning);
    }
    case Opcode::ping:
      ++story_.pings;
      return push(masked_frame(Opcode::pong, frame.beginning));
    case Opcode::close:
      if (frame.beginning.size() < 2) return give_up("the node closed the socket");
      story_.close_code =
          static_cast<std::uint8_t>(frame.beginning[0]) << 8 | static_cast<std::uint8_t>(frame.beginning[1]);
      return give_up("the node closed the socket with " + std::to_string(story_.close_code));
    default:
      return;
  }
}

void Tab::on_event(const EventFacts& event, std::string_view beginning) {
  if (event.type == "presence.count") {
    story_.counted = json_number(beginning, "online");
    return;
  }
  if (event.type == "resync") {
    story_.resynced = true;
    return;
  }
  if (!event.seq) return;
  if (event.type == "hello") return on_hello(*event.seq);
  const bool is_pong = event.type == "pong";
  if (!is_pong) ++story_.durable_frames;
  if (*event.seq < story_.seq || (!is_pong && *event.seq == story_.seq)) {
    return give_up("seq " + std::to_string(*event.seq) + " came after " + std::to_string(story_.seq));
  }
  if (is_pong && *event.seq < plan_.head) {
    return give_up("at seq " + std::to_string(*event.seq) + " instead of " + std::to_string(plan_.head));
  }
  ponged_ = ponged_ || is_pong;
  if (!is_pong && context_.on_event) context_.on_event(*event.seq);
  advance(*event.seq);
}

void Tab::advance(std::uint64_t seq) {
  story_.seq = seq;
  if (stage_ == Stage::catching_up) finish_if_done();
}

void Tab::on_hello(std::uint64_t seq) {
  static const std::string ping = masked_frame(Opcode::text, R"({"type":"ping"})");
  if (stage_ != Stage::greeting) return give_up("a second hello");
  stage_ = Stage::catching_up;
  story_.greeted = Clock::now();
  story_.resumed = plan_.after == seq;
  advance(seq);
  push(ping);
  if (!plan_.snapshot.empty() && socket_.is_open()) hydrate();
}

void Tab::hydrate() {
  if (!http_) http_ = std::make_unique<HttpConnection>(context_.poller, context_.port);
  http_->ask(plan_.snapshot, [this](const Outcome<HttpAnswer>& answer) {
    if (!answer || answer->status == 503) {
      ++story_.refusals;
      return context_.poller.after(backoff_.next(context_.random), [this, alive = std::weak_ptr(alive_)] {
        if (!alive.expired()) hydrate();
      });
    }
    if (answer->status != 200) return give_up("the snapshot was answered " + std::to_string(answer->status));
    story_.bytes += answer->head.size() + answer->body.size();
    hydrated_ = true;
    finish_if_done();
  });
}

// The pong, which comes behind all events, confirms what the seq said already.
void Tab::finish_if_done() {
  const bool complete = story_.seq >= plan_.head && (hydrated_ || plan_.snapshot.empty());
  if (!complete) return;
  if (story_.live == TimePoint{}) story_.live = Clock::now();
  if (!ponged_) return;
  stage_ = Stage::live;
  context_.settled.push_back(number_);
}

// As a browser would: from the beginning, after a while.
void Tab::try_again() {
  if (stage_ >= Stage::catching_up) return give_up("the connection broke");
  ++story_.refusals;
  disconnect();
  stage_ = Stage::waiting;
  upgrade_ = {};
  scanner_ = {};
  context_.poller.after(backoff_.next(context_.random), [this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) connect();
  });
}

void Tab::give_up(std::string why) {
  if (!failure_ && stage_ != Stage::live) context_.settled.push_back(number_);
  if (!failure_) failure_ = Failure{std::move(why)};
  disconnect();
}

void Tab::disconnect() {
  if (!socket_.is_open()) return;
  context_.poller.remove(socket_.get(), *this);
  socket_.reset();
}

}  // namespace orbit::bench
