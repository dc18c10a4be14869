#include "realtime/signal_board.hpp"

#include <algorithm>
#include <iterator>

#include "catalog/json.hpp"
#include "catalog/signal_kinds.hpp"

namespace orbit::realtime {

using catalog::SignalDelivery;
using kernel::MemberId;

SignalRun::SignalRun(std::vector<Signal> signals, const std::string& room, const FrameEncoder& encoder) {
  if (signals.empty()) return;
  Frame all;
  all.skippable = true;
  for (Signal& signal : signals) {
    if (catalog::delivery_of(signal.kind) == SignalDelivery::each) all.skippable = false;
    senders_.push_back({signal.from, senders_.size()});
    const catalog::RoomSignal event{room, signal.member, std::move(signal.kind), std::move(signal.payload)};
    const SharedFrame frame = encoder.encode(catalog::to_json(event, std::nullopt), std::nullopt);
    all.bytes += frame->bytes_for(false);
    all.deflated += frame->bytes_for(true);
    ends_.push_back(all.bytes.size());
    deflated_ends_.push_back(all.deflated.size());
  }
  if (all.deflated.size() == all.bytes.size()) all.deflated.clear();  // nothing is compressed
  std::ranges::stable_sort(senders_, {}, &Sender::socket);
  all_ = std::make_shared<const Frame>(std::move(all));
}

SharedFrame SignalRun::for_socket(SocketId socket) const {
  const auto own = std::ranges::equal_range(senders_, socket, {}, &Sender::socket);
  if (own.empty()) return all_;
  if (own.size() == senders_.size()) return nullptr;
  Frame others;
  others.skippable = all_->skippable;
  others.bytes = without(own, all_->bytes, ends_);
  if (!all_->deflated.empty()) others.deflated = without(own, all_->deflated, deflated_ends_);
  return std::make_shared<const Frame>(std::move(others));
}

std::string SignalRun::without(std::span<const Sender> own, const std::string& bytes,
                               const std::vector<std::size_t>& ends) const {
  std::string others;
  others.reserve(bytes.size());
  std::size_t from = 0;
  for (const Sender& sender : own) {
    const std::size_t begin = sender.place == 0 ? 0 : ends[sender.place - 1];
    others.append(bytes, from, begin - from);
    from = ends[sender.place];
  }
  return others.append(bytes, from);
}

bool SignalBoard::put(Signal signal) {
  if (catalog::delivery_of(signal.kind) == SignalDelivery::each) {
    if (news_.size() >= max_waiting) return false;
    news_.push_back(std::move(signal));
    return true;
  }
  const auto key = std::pair(signal.member, signal.kind);
  auto standing = latest_.find(key);
  if (standing == latest_.end()) {
    const auto first = latest_.lower_bound({signal.member, ""});
    const auto kinds =
        std::find_if(first, latest_.end(), [&](const auto& entry) { return entry.first.first != signal.member; });
    if (static_cast<std::size_t>(std::distance(first, kinds)) >= max_kinds) return false;
    standing = latest_.emplace(key, Standing{}).first;
  }
  auto& [present, news] = standing->second;
  if (news) news_.erase(*news);
  present = signal;
  news = news_.insert(news_.end(), std::move(signal));
  return true;
}

std::vector<Signal> SignalBoard::take_news() {
  for (const Signal& signal : news_) {
    const auto standing = latest_.find({signal.member, signal.kind});
    if (standing != latest_.end()) standing->second.news.reset();
  }
  std::vector<Signal> news(std::make_move_iterator(news_.begin()), std::make_move_iterator(news_.end()));
  news_.clear();
  return news;
}

std::vector<Signal> SignalBoard::standing() const {
  std::vector<Signal> signals;
  for (const auto& [key, standing] : latest_) signals.push_back(standing.signal);
  return signals;
}

void SignalBoard::forget(MemberId member) {
  std::erase_if(latest_, [&](const auto& entry) { return entry.first.first == member; });
  std::erase_if(news_, [&](const Signal& signal) { return signal.member == member; });
}

void SignalBoard::forget(MemberId member, const std::optional<NodeIncarnation>& node,
                         const std::optional<std::string>& kind) {
  for (auto standing = latest_.lower_bound({member, ""});
       standing != latest_.end() && standing->first.first == member;) {
    const auto& [signal, news] = standing->second;
    if (signal.node != node || (kind && *kind != signal.kind)) {
      ++standing;
      continue;
    }
    if (news) news_.erase(*news);
    standing = latest_.erase(standing);
  }
}

}  // namespace orbit::realtime
