// The floor: epoll, recv and send, and as little else as there can be. One thread, no limits, no heartbeats, no queues:
// a client that doesn't read stops everyone. What one turn of the loop has for a channel goes out in one send for each
// socket, as Orbit does it.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "peers/upgrade.hpp"

namespace orbit::peers {
namespace {

struct Channel {
  std::vector<int> sockets;
  std::string due;  // frames of this turn
};

struct Socket {
  bool is_open = false;
  std::uint32_t channel = 0;
  std::string unread;  // what came of a request or frame that is not whole yet
};

class Floor {
 public:
  explicit Floor(int listener) : listener_(listener), epoll_(epoll_create1(0)) { watch(listener); }

  [[noreturn]] void run() {
    for (;;) {
      const int count = epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()), -1);
      for (int i = 0; i < count; ++i) {
        const int socket = ready_[static_cast<std::size_t>(i)].data.fd;
        if (socket == listener_) {
          accept_all();
        } else {
          read(socket);
        }
      }
      write_due();
    }
  }

 private:
  void watch(int socket) const {
    epoll_event event{.events = EPOLLIN, .data = {.fd = socket}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
  }

  void accept_all() {
    const int on = 1;
    for (int socket = accept(listener_, nullptr, nullptr); socket >= 0; socket = accept(listener_, nullptr, nullptr)) {
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (static_cast<std::size_t>(socket) >= sockets_.size()) sockets_.resize(static_cast<std::size_t>(socket) + 1);
      watch(socket);
    }
  }

  void read(int descriptor) {
    const ssize_t size = recv(descriptor, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (size < 0) return;
    Socket& socket = sockets_[static_cast<std::size_t>(descriptor)];
    if (size == 0) return end(descriptor, socket);
    socket.unread.append(buffer_.data(), static_cast<std::size_t>(size));
    if (!socket.is_open) upgrade(descriptor, socket);
    if (socket.is_open) take_frames(socket);
  }

  void end(int descriptor, Socket& socket) {
    if (socket.is_open) std::erase(channels_[socket.channel].sockets, descriptor);
    socket = Socket{};
    close(descriptor);
  }

  void upgrade(int descriptor, Socket& socket) {
    const auto length = socket.unread.find("\r\n\r\n");
    if (length == std::string::npos) return;
    const auto channel = channel_in(target_of(socket.unread));
    const std::string answer = switching_protocols(socket.unread);
    if (!channel || answer.empty()) return end(descriptor, socket);
    send(descriptor, answer.data(), answer.size(), MSG_NOSIGNAL);
    if (*channel >= channels_.size()) channels_.resize(*channel + 1);
    channels_[*channel].sockets.push_back(descriptor);
    socket.channel = *channel;
    socket.is_open = true;
    socket.unread.erase(0, length + 4);
    socket.unread.shrink_to_fit();
  }

  // Any opcode is taken for text.
  void take_frames(Socket& socket) {
    std::string& bytes = socket.unread;
    std::size_t start = 0;
    while (bytes.size() - start >= 6) {
      std::size_t length = static_cast<std::uint8_t>(bytes[start + 1]) & 0x7f;
      std::size_t header = 2;
      if (length == 126) {
        length =
            std::size_t{static_cast<std::uint8_t>(bytes[start + 2])} << 8 | static_cast<std::uint8_t>(bytes[start + 3]);
        header = 4;
      }
      if (bytes.size() - start < header + 4 + length) break;
      const char* key = bytes.data() + start + header;
      char* payload = bytes.data() + start + header + 4;
      for (std::size_t i = 0; i < length; ++i) payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
      broadcast(socket.channel, {payload, length});
      start += header + 4 + length;
    }
    bytes.erase(0, start);
  }

  void broadcast(std::uint32_t number, std::string_view text) {
    Channel& channel = channels_[number];
    if (channel.due.empty()) due_.push_back(number);
    channel.due += static_cast<char>(0x81);
    if (text.size() < 126) {
      channel.due += static_cast<char>(text.size());
    } else {
      channel.due += {126, static_cast<char>(text.size() >> 8), static_cast<char>(text.size())};
    }
    channel.due += text;
  }

  void write_due() {
    for (const std::uint32_t number : due_) {
      Channel& channel = channels_[number];
      for (const int socket : channel.sockets) send(socket, channel.due.data(), channel.due.size(), MSG_NOSIGNAL);
      channel.due.clear();
    }
    due_.clear();
  }

  const int listener_;
  const int epoll_;
  std::array<epoll_event, 256> ready_{};
  std::array<char, 64 * 1024> buffer_{};
  std::vector<Socket> sockets_;  // by descriptor
  std::vector<Channel> channels_;
  std::vector<std::uint32_t> due_;  // channels with something to write
};

int listen_on(unsigned short port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener, generic, size) != 0 || listen(listener, 4096) != 0) return -1;
  getsockname(listener, generic, &size);
  print_listening(ntohs(address.sin_port));
  return listener;
}

}  // namespace
}  // namespace orbit::peers

int main(int argc, char** argv) {
  const int listener = orbit::peers::listen_on(orbit::peers::port_argument(argc, argv));
  if (listener < 0) {
    std::perror("floor_fanout");
    return 1;
  }
  std::make_unique<orbit::peers::Floor>(listener)->run();
}
