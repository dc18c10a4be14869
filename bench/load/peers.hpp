// Peers: the fan-out servers in bench/peers, and how to start them. Plain data.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "load/child_process.hpp"
#include "load/dialect.hpp"

namespace orbit::bench {

struct Peer {
  std::string name;   // for the command line and JSON
  std::string title;  // for people
  const Dialect* dialect;
  std::vector<std::string> command;  // to be followed by a port
};

struct PeerPlaces {
  std::filesystem::path programs = "build/release";  // those that are built
  std::filesystem::path sources = "bench/peers";     // those that are run as they are
  std::filesystem::path run = "build/bench/fanout";  // for logs and generated configuration
};

/// All there are, Orbit and the floor first.
[[nodiscard]] std::vector<Peer> all_peers(const PeerPlaces& places);

/// Returns once it listens, on a port that was free.
[[nodiscard]] Outcome<> start(ChildProcess& process, const Peer& peer, const PeerPlaces& places,
                              std::optional<int> core);

}  // namespace orbit::bench
