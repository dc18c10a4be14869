#include "load/poller.hpp"

#include <algorithm>

namespace orbit::bench {

Poller::Poller() : epoll_(epoll_create1(EPOLL_CLOEXEC)), scratch_(256 * 1024) {}

void Poller::add(int descriptor, std::uint32_t events, PollHandler& handler) {
  epoll_event event{.events = events, .data = {.ptr = &handler}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
}

void Poller::change(int descriptor, std::uint32_t events, PollHandler& handler) {
  epoll_event event{.events = events, .data = {.ptr = &handler}};
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor, &event);
}

void Poller::remove(int descriptor, const PollHandler& handler) {
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
  for (epoll_event& event : noticed_) {
    if (event.data.ptr == &handler) event.data.ptr = nullptr;
  }
}

void Poller::after(Clock::duration delay, std::function<void()> task) {
  timers_.emplace(Clock::now() + delay, std::move(task));
}

void Poller::turn(Clock::duration longest) {
  if (!timers_.empty()) longest = std::min(longest, timers_.begin()->first - Clock::now());
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(longest, Clock::duration::zero()));
  const int count =
      epoll_wait(epoll_.get(), ready_.data(), static_cast<int>(ready_.size()), static_cast<int>(wait.count()));
  noticed_ = std::span(ready_).first(static_cast<std::size_t>(std::max(count, 0)));
  for (const epoll_event& event : noticed_) {
    if (event.data.ptr != nullptr) static_cast<PollHandler*>(event.data.ptr)->on_ready(event.events);
  }
  noticed_ = {};
  while (!timers_.empty() && timers_.begin()->first <= Clock::now()) {
    const auto task = timers_.extract(timers_.begin());
    task.mapped()();
  }
}

}  // namespace orbit::bench
