#include "load/http_connection.hpp"

#include <utility>

#include "load/loopback.hpp"

namespace orbit::bench {

void HttpConnection::ask(std::string request, OnAnswer on_answer) {
  out_ = std::move(request);
  sent_ = 0;
  on_answer_ = std::move(on_answer);
  if (socket_.is_open()) return push();
  auto socket_out = start_connecting(port_);
  if (!socket_out) return finish(std::unexpected(socket_out.error()));
  socket_ = *std::move(socket_out);
  poller_.add(socket_.get(), EPOLLIN | EPOLLOUT, *this);
}

void HttpConnection::on_ready(std::uint32_t events) {
  if (sent_ < out_.size() && (events & (EPOLLOUT | EPOLLERR)) != 0) {
    if (const int error = connect_error(socket_.get()); error != 0) {
      errno = error;
      return finish(system_failure("can't connect"));
    }
    push();
    if (socket_.is_open() && sent_ == out_.size()) poller_.change(socket_.get(), EPOLLIN, *this);
    return;
  }
  pull();
}

void HttpConnection::push() {
  const auto sent = send_some(socket_.get(), std::string_view(out_).substr(sent_));
  if (!sent) return finish(std::unexpected(sent.error()));
  sent_ += *sent;
  if (sent_ < out_.size()) poller_.change(socket_.get(), EPOLLIN | EPOLLOUT, *this);
}

void HttpConnection::pull() {
  const auto buffer = poller_.scratch();
  const auto received = receive_some(socket_.get(), buffer);
  if (!received) return finish(std::unexpected(received.error()));
  std::string_view bytes(buffer.data(), *received);
  auto answer = parser_.take(bytes);
  if (!answer) return finish(std::unexpected(answer.error()));
  if (*answer) finish(**std::move(answer));
}

void HttpConnection::finish(Outcome<HttpAnswer> answer) {
  if (!answer || answer->header("Connection") == "close") disconnect();
  if (const auto on_answer = std::exchange(on_answer_, nullptr)) on_answer(std::move(answer));
}

void HttpConnection::disconnect() {
  if (!socket_.is_open()) return;
  poller_.remove(socket_.get(), *this);
  socket_.reset();
  parser_ = {};
}

}  // namespace orbit::bench
