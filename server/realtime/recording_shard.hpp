// RecordingShard: a FanoutShard for tests that notes what it was told, and which sockets each frame would reach.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "realtime/socket_handle.hpp"

namespace orbit::realtime {

class RecordingShard final : public FanoutShard {
 public:
  void subscribe(SocketSlot slot, ChannelIndex channel) override {
    const std::lock_guard lock(mutex_);
    channels_[channel].insert(slot.index);
  }
  void unsubscribe(SocketSlot slot, ChannelIndex channel) override {
    const std::lock_guard lock(mutex_);
    channels_[channel].erase(slot.index);
  }
  void broadcast(std::span<const ChannelIndex> channels, SharedFrame frame) override {
    const std::lock_guard lock(mutex_);
    ++broadcasts_;
    std::set<std::uint32_t> sockets;
    for (const ChannelIndex channel : channels) sockets.insert(channels_[channel].begin(), channels_[channel].end());
    for (const std::uint32_t socket : sockets) deliver(socket, std::string(frame->payload()));
  }
  void send(SocketSlot slot, SharedFrame frame) override {
    const std::lock_guard lock(mutex_);
    deliver(slot.index, std::string(frame->payload()));
  }
  void close(SocketSlot slot, CloseCode code, std::string_view) override {
    const std::lock_guard lock(mutex_);
    deliver(slot.index, "close " + std::to_string(static_cast<int>(code)));
    closed_.insert(slot.index);
  }

  /// What the socket got, in order; a close is the text "close CODE".
  [[nodiscard]] std::vector<std::string> received(std::uint32_t socket) const {
    const std::lock_guard lock(mutex_);
    const auto found = received_.find(socket);
    return found == received_.end() ? std::vector<std::string>{} : found->second;
  }
  [[nodiscard]] std::vector<std::string> take(std::uint32_t socket) {
    const std::lock_guard lock(mutex_);
    return std::exchange(received_[socket], {});
  }
  [[nodiscard]] int broadcasts() const { return broadcasts_; }

 private:
  void deliver(std::uint32_t socket, std::string what) {
    if (!closed_.contains(socket)) received_[socket].push_back(std::move(what));
  }

  mutable std::mutex mutex_;  // protects all of it
  std::map<ChannelIndex, std::set<std::uint32_t>> channels_;
  std::map<std::uint32_t, std::vector<std::string>> received_;
  std::set<std::uint32_t> closed_;
  int broadcasts_ = 0;
};

/// Frames a payload as itself.
class PlainEncoder final : public FrameEncoder {
 public:
  [[nodiscard]] SharedFrame encode(std::string_view text, std::optional<kernel::Seq> seq,
                                   kernel::SteadyTime = {}) const override {
    return std::make_shared<Frame>(Frame{std::string(text), 0, seq});
  }
};

}  // namespace orbit::realtime
