#include "websocket/send_ring.hpp"

#include <liburing.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace orbit::websocket {

struct SendRing::Ring {
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    if (is_open) io_uring_queue_exit(&ring);
  }

  io_uring ring{};
  bool is_open = false;
};

std::unique_ptr<SendRing> SendRing::create() {
  auto ring = std::make_unique<Ring>();
  if (const int error = io_uring_queue_init(most, &ring->ring, 0); error < 0) {
    spdlog::info("no io_uring ({}): sockets are written to one by one", std::strerror(-error));
    return nullptr;
  }
  ring->is_open = true;
  return std::unique_ptr<SendRing>(new SendRing(std::move(ring)));
}

SendRing::SendRing(std::unique_ptr<Ring> ring) : ring_(std::move(ring)) {
  added_.reserve(most);
  sent_.reserve(most);
}

SendRing::~SendRing() = default;

void SendRing::add(std::uint32_t slot, int descriptor, std::string_view bytes) {
  io_uring_sqe* const entry = io_uring_get_sqe(&ring_->ring);  // there is one as long as the ring isn't full
  io_uring_prep_send(entry, descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  io_uring_sqe_set_data64(entry, added_.size());
  added_.push_back({slot, -EAGAIN});
}

// Since no send waits for its peer, each is done by the time that it is submitted.
std::span<const SendRing::Sent> SendRing::submit() {
  std::size_t done = 0;
  while (done < added_.size()) {
    const int error = io_uring_submit_and_wait(&ring_->ring, 1);
    if (error < 0 && error != -EINTR && error != -EAGAIN && error != -EBUSY) {
      throw std::system_error(-error, std::system_category(), "io_uring_enter");
    }
    unsigned head = 0;
    unsigned seen = 0;
    io_uring_cqe* completion = nullptr;
    io_uring_for_each_cqe(&ring_->ring, head, completion) {
      added_[completion->user_data].result = completion->res;
      ++seen;
    }
    io_uring_cq_advance(&ring_->ring, seen);
    done += seen;
  }
  sent_.swap(added_);
  added_.clear();
  return sent_;
}

}  // namespace orbit::websocket
