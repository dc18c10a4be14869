// Tls: the certificate, and the connections that are made with it. What comes out of a connection goes the ordinary way
// over a socket pair, so that whoever reads and writes there, such as a shard, knows nothing of TLS. One for all shards
// of a node. Any thread, but each connection stays on the one that it was accepted on.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "http/socket.hpp"
#include "kernel/error.hpp"
#include "kernel/metrics.hpp"

namespace orbit::http {

struct TlsOptions {
  std::filesystem::path certificate;  // PEM, with the chain behind it
  std::filesystem::path key;          // PEM
  std::chrono::milliseconds handshake_timeout{5'000};
  std::chrono::milliseconds write_timeout{30'000};  // for 16 KiB that a client doesn't take
};

class Tls {
 public:
  /// Error: invalid "tls.unusable", naming the file.
  [[nodiscard]] static kernel::Result<std::unique_ptr<Tls>> load(const TlsOptions& options,
                                                                 kernel::MetricsRegistry& metrics);
  ~Tls();

  /// Reads both files again, for handshakes to come. What can't be used is refused, as by load, and the old one stays.
  [[nodiscard]] kernel::Result<> reload();

  /// Makes the handshake, then calls `done` with the descriptor of one end of a socket pair, which is the callee's;
  /// with -1 where nothing comes of it. `done` is called once, on the socket's thread.
  void accept(Socket socket, std::move_only_function<void(int descriptor)> done);

  /// Waits until what was written has gone out and all connections are closed, but no longer than that.
  void wait_until_idle(std::chrono::milliseconds time);

 private:
  class Impl;
  explicit Tls(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace orbit::http
