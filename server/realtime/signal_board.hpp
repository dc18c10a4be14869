// SignalBoard: the live signals of one room: what is new since its last tick, and the latest value of each member and
// kind. Plain data, of the realtime thread.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/dto.hpp"
#include "realtime/frame.hpp"
#include "realtime/socket_handle.hpp"

namespace orbit::realtime {

struct Signal {
  kernel::MemberId member;
  SocketId from = 0;
  std::string kind;
  catalog::RawJson payload;
};

/// What a tick has to say, framed once and shared.
class SignalRun {
 public:
  SignalRun(std::vector<Signal> signals, const std::string& room, const FrameEncoder& encoder);

  /// The frames for a socket, its own signals left out; nullptr where nothing is left.
  [[nodiscard]] SharedFrame for_socket(SocketId socket) const;

 private:
  std::vector<std::pair<SocketId, SharedFrame>> frames_;
  SharedFrame all_;
};

class SignalBoard {
 public:
  /// How many signals may wait for a tick; beyond it, those that are to be delivered each are refused.
  static constexpr std::size_t max_waiting = 1'000;
  /// Kinds of one member that are kept, so that no member fills the room; a new one beyond is refused.
  static constexpr std::size_t max_kinds = 16;

  /// False where a limit refuses it.
  bool put(Signal signal);

  [[nodiscard]] bool has_news() const { return !news_.empty(); }

  /// What came since the last call, oldest first.
  [[nodiscard]] std::vector<Signal> take_news() { return std::exchange(news_, {}); }

  /// The latest value of each member and kind.
  [[nodiscard]] std::vector<Signal> standing() const;

  /// The member left: their values vanish.
  void forget(kernel::MemberId member);

 private:
  std::vector<Signal> news_;
  std::map<std::pair<kernel::MemberId, std::string>, Signal> latest_;
};

}  // namespace orbit::realtime
