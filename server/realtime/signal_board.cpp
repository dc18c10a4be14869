#include "realtime/signal_board.hpp"

#include <algorithm>

#include "catalog/json.hpp"
#include "catalog/signal_kinds.hpp"

namespace orbit::realtime {

using catalog::SignalDelivery;
using kernel::MemberId;

SignalRun::SignalRun(std::vector<Signal> signals, const std::string& room, const FrameEncoder& encoder) {
  std::vector<SharedFrame> all;
  for (Signal& signal : signals) {
    const catalog::RoomSignal event{room, signal.member, std::move(signal.kind), std::move(signal.payload)};
    all.push_back(encoder.encode(catalog::to_json(event, std::nullopt), std::nullopt));
    frames_.emplace_back(signal.from, all.back());
  }
  all_ = join(all);
}

SharedFrame SignalRun::for_socket(SocketId socket) const {
  const bool signalled = std::ranges::any_of(frames_, [&](const auto& entry) { return entry.first == socket; });
  if (!signalled) return all_;
  std::vector<SharedFrame> others;
  for (const auto& [from, frame] : frames_) {
    if (from != socket) others.push_back(frame);
  }
  return join(others);
}

bool SignalBoard::put(Signal signal) {
  if (catalog::delivery_of(signal.kind) == SignalDelivery::each) {
    if (news_.size() >= max_waiting) return false;
    news_.push_back(std::move(signal));
    return true;
  }
  const auto key = std::pair(signal.member, signal.kind);
  if (!latest_.contains(key)) {
    const auto first = latest_.lower_bound({signal.member, ""});
    const auto kinds =
        std::find_if(first, latest_.end(), [&](const auto& entry) { return entry.first.first != signal.member; });
    if (static_cast<std::size_t>(std::distance(first, kinds)) >= max_kinds) return false;
  }
  std::erase_if(news_, [&](const Signal& older) { return older.member == signal.member && older.kind == signal.kind; });
  latest_.insert_or_assign(key, signal);
  news_.push_back(std::move(signal));
  return true;
}

std::vector<Signal> SignalBoard::standing() const {
  std::vector<Signal> signals;
  for (const auto& [key, signal] : latest_) signals.push_back(signal);
  return signals;
}

void SignalBoard::forget(MemberId member) {
  std::erase_if(latest_, [&](const auto& entry) { return entry.first.first == member; });
  std::erase_if(news_, [&](const Signal& signal) { return signal.member == member; });
}

}  // namespace orbit::realtime
