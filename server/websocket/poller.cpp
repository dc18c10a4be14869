#include "websocket/poller.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace orbit::websocket {
namespace {

constexpr std::size_t events_per_call = 256;

epoll_event interest(realtime::SocketSlot slot, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = std::uint64_t{slot.generation} << 32 | slot.index;
  return event;
}

}  // namespace

Poller::Poller() : descriptor_(epoll_create1(EPOLL_CLOEXEC)), raw_(events_per_call) {
  if (descriptor_ < 0) throw std::system_error(errno, std::system_category(), "epoll_create1");
  events_.reserve(events_per_call);
}

Poller::~Poller() { ::close(descriptor_); }

bool Poller::add(int socket, realtime::SocketSlot slot) {
  epoll_event event = interest(slot, EPOLLIN);
  return epoll_ctl(descriptor_, EPOLL_CTL_ADD, socket, &event) == 0;
}

void Poller::watch_writes(int socket, realtime::SocketSlot slot, bool watch) {
  epoll_event event = interest(slot, watch ? EPOLLIN | EPOLLOUT : EPOLLIN);
  if (epoll_ctl(descriptor_, EPOLL_CTL_MOD, socket, &event) != 0) {
    throw std::system_error(errno, std::system_category(), "epoll_ctl");
  }
}

std::span<const Poller::Event> Poller::ready() {
  events_.clear();
  const int count = epoll_wait(descriptor_, raw_.data(), static_cast<int>(raw_.size()), 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& raw = raw_[static_cast<std::size_t>(i)];
    const realtime::SocketSlot slot{static_cast<std::uint32_t>(raw.data.u64),
                                    static_cast<std::uint32_t>(raw.data.u64 >> 32)};
    const bool readable = (raw.events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0;
    const bool writable = (raw.events & EPOLLOUT) != 0;
    events_.push_back({slot, readable, writable});
  }
  return events_;
}

}  // namespace orbit::websocket
