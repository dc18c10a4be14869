// FanoutTable: which of a shard's slots are on which channels, as flat arrays in both directions. A subscription costs
// twelve bytes; a channel that becomes empty gives its memory back. Shard's thread.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "realtime/socket_handle.hpp"

namespace orbit::websocket {

class FanoutTable {
 public:
  /// Subscribing twice is the same as once.
  void subscribe(std::uint32_t slot, realtime::ChannelIndex channel);
  void unsubscribe(std::uint32_t slot, realtime::ChannelIndex channel);

  /// Takes the slot off all channels.
  void leave_all(std::uint32_t slot);

  /// Valid until the next change.
  [[nodiscard]] std::span<const std::uint32_t> subscribers(realtime::ChannelIndex channel) const;

 private:
  struct Membership {
    realtime::ChannelIndex channel;
    std::uint32_t position;  // in the channel's array
  };

  void remove_at(realtime::ChannelIndex channel, std::uint32_t position);

  using Subscribers = boost::container::small_vector<std::uint32_t, 2>;  // a member's own channel has one or two
  std::vector<Subscribers> channels_;                                    // by channel
  std::vector<std::vector<Membership>> memberships_;                     // by slot
};

}  // namespace orbit::websocket
