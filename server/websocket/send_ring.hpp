// SendRing: hands the kernel the sends of many sockets in one call (io_uring), which saves each its own way into the
// kernel and back. Shard's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace orbit::websocket {

class SendRing {
 public:
  /// nullptr where the kernel gives none, as in many containers: then each socket is written to by itself.
  [[nodiscard]] static std::unique_ptr<SendRing> create();

  ~SendRing();
  SendRing(const SendRing&) = delete;
  SendRing& operator=(const SendRing&) = delete;

  /// Whether submit must come before another add.
  [[nodiscard]] bool full() const { return added_.size() == most; }

  /// The bytes must stay where they are until submit has returned.
  void add(std::uint32_t slot, int descriptor, std::string_view bytes);

  struct Sent {
    std::uint32_t slot;
    int result;  // bytes that the kernel took, or a negative errno
  };

  /// Sends all that was added, without waiting for peers: of one that can't take more, -EAGAIN. In the order of add;
  /// valid until the next submit.
  [[nodiscard]] std::span<const Sent> submit();

 private:
  static constexpr unsigned most = 256;
  struct Ring;

  explicit SendRing(std::unique_ptr<Ring> ring);

  std::unique_ptr<Ring> ring_;
  std::vector<Sent> added_;
  std::vector<Sent> sent_;
};

}  // namespace orbit::websocket
