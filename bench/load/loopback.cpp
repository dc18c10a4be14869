#include "load/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace orbit::bench {

namespace {

sockaddr_in loopback_address(unsigned short port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Outcome<Descriptor> start_connecting(unsigned short port, int receive_buffer) {
  Descriptor socket_in(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_in.is_open()) return system_failure("no socket");
  const int on = 1;
  setsockopt(socket_in.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const linger reset_on_close{1, 0};
  setsockopt(socket_in.get(), SOL_SOCKET, SO_LINGER, &reset_on_close, sizeof reset_on_close);
  if (receive_buffer != 0) {
    const int ethernet = 1'460;
    setsockopt(socket_in.get(), IPPROTO_TCP, TCP_MAXSEG, &ethernet, sizeof ethernet);
    setsockopt(socket_in.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  const sockaddr_in address = loopback_address(port);
  if (connect(socket_in.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS) {
    return system_failure("can't connect");
  }
  return socket_in;
}

Outcome<unsigned short> free_port() {
  const Descriptor probe(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback_address(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(probe.get(), generic, size) != 0 || getsockname(probe.get(), generic, &size) != 0) {
    return system_failure("no free port");
  }
  return ntohs(address.sin_port);
}

int connect_error(int descriptor) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

Outcome<std::size_t> send_some(int descriptor, std::string_view bytes) {
  const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (errno == EAGAIN) return 0;
  return system_failure("can't send");
}

Outcome<std::size_t> receive_some(int descriptor, std::span<char> buffer) {
  const ssize_t received = recv(descriptor, buffer.data(), buffer.size(), 0);
  if (received > 0) return static_cast<std::size_t>(received);
  if (received == 0) return failure("the node closed the connection");
  if (errno == EAGAIN) return 0;
  return system_failure("can't receive");
}

}  // namespace orbit::bench
