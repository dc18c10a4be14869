#include "websocket/fanout_table.hpp"

#include <algorithm>
#include <utility>

namespace orbit::websocket {

void FanoutTable::subscribe(std::uint32_t slot, realtime::ChannelIndex channel) {
  if (slot >= memberships_.size()) memberships_.resize(slot + 1);
  if (channel >= channels_.size()) channels_.resize(channel + 1);
  auto& own = memberships_[slot];
  if (std::ranges::find(own, channel, &Membership::channel) != own.end()) return;
  own.push_back({channel, static_cast<std::uint32_t>(channels_[channel].size())});
  channels_[channel].push_back(slot);
}

void FanoutTable::unsubscribe(std::uint32_t slot, realtime::ChannelIndex channel) {
  if (slot >= memberships_.size()) return;
  auto& own = memberships_[slot];
  const auto found = std::ranges::find(own, channel, &Membership::channel);
  if (found == own.end()) return;
  remove_at(channel, found->position);
  *found = own.back();
  own.pop_back();
}

void FanoutTable::leave_all(std::uint32_t slot) {
  if (slot >= memberships_.size()) return;
  for (const auto [channel, position] : std::exchange(memberships_[slot], {})) remove_at(channel, position);
}

/// Fills the gap with the channel's last subscriber, and tells that one its new position.
void FanoutTable::remove_at(realtime::ChannelIndex channel, std::uint32_t position) {
  Subscribers& subscribers = channels_[channel];
  const std::uint32_t moved = subscribers.back();
  subscribers.pop_back();
  if (position < subscribers.size()) {
    subscribers[position] = moved;
    std::ranges::find(memberships_[moved], channel, &Membership::channel)->position = position;
  }
  if (subscribers.empty()) subscribers = Subscribers();
}

std::span<const std::uint32_t> FanoutTable::subscribers(realtime::ChannelIndex channel) const {
  if (channel >= channels_.size()) return {};
  return {channels_[channel].data(), channels_[channel].size()};
}

}  // namespace orbit::websocket
