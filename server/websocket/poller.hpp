// Poller: an epoll set of a shard's sockets, level-triggered, keyed by slot. One descriptor for the event loop to wait
// on; the kernel keeps the rest, so that an idle socket costs the process nothing here. Shard's thread.
#pragma once

#include <span>
#include <vector>

#include "realtime/socket_handle.hpp"

struct epoll_event;

namespace orbit::websocket {

class Poller {
 public:
  struct Event {
    realtime::SocketSlot slot;
    bool readable = false;  // or broken: reading tells
    bool writable = false;
  };

  /// Throws std::system_error if the kernel gives no epoll set.
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// Readable while `ready` has events to give. Owned by the poller.
  [[nodiscard]] int descriptor() const { return descriptor_; }

  /// Watches a socket for reading until it is closed. False with errno set if the kernel refuses.
  [[nodiscard]] bool add(int socket, realtime::SocketSlot slot);

  /// Whether to watch for writing as well.
  void watch_writes(int socket, realtime::SocketSlot slot, bool watch);

  /// Some of the sockets that are ready, without waiting. Events of one call may be about slots that handling others
  /// of them has vacated. Valid until the next call.
  [[nodiscard]] std::span<const Event> ready();

 private:
  int descriptor_;
  std::vector<epoll_event> raw_;
  std::vector<Event> events_;
};

}  // namespace orbit::websocket
