#include "load/peers.hpp"

#include "load/loopback.hpp"

namespace orbit::bench {

std::vector<Peer> all_peers(const PeerPlaces& places) {
  const auto program = [&](const char* name) { return (places.programs / name).string(); };
  const auto source = [&](const char* name) { return (places.sources / name).string(); };
  return {
      {"orbit", "Orbit", &plain_dialect, {program("orbit_fanout")}},
      {"floor", "the floor (bare send)", &plain_dialect, {program("floor_fanout")}},
      {"nchan", "nginx + nchan", &plain_dialect, {source("nchan/serve"), places.run.string()}},
      {"beast", "Boost.Beast async_write", &plain_dialect, {program("beast_fanout")}},
      {"ws", "Node ws", &plain_dialect, {"node", source("node/ws.js")}},
      {"socket.io", "Socket.IO", &socket_io_dialect, {"node", source("node/socket_io.js")}},
  };
}

Outcome<> start(ChildProcess& process, const Peer& peer, const PeerPlaces& places, std::optional<int> core) {
  const auto port = free_port();
  if (!port) return std::unexpected(port.error());
  ChildOptions options{peer.command, places.run / (peer.name + ".log"), core};
  options.command.push_back(std::to_string(*port));
  return process.start(options);
}

}  // namespace orbit::bench
