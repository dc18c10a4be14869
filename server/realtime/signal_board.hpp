// SignalBoard: the live signals of one room: what is new since its last tick, and the latest value of each member and
// kind. Plain data, of the realtime thread.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "catalog/dto.hpp"
#include "realtime/frame.hpp"
#include "realtime/node_incarnation.hpp"
#include "realtime/socket_handle.hpp"

namespace orbit::realtime {

struct Signal {
  kernel::MemberId member;
  SocketId from = 0;  // 0: of no socket here
  std::string kind;
  catalog::RawJson payload;
  std::optional<NodeIncarnation> node = std::nullopt;  // that it came from, if it isn't this one
};

/// What a tick has to say, framed once and shared. A socket with bytes waiting skips it where it holds only latest
/// values.
class SignalRun {
 public:
  SignalRun(std::vector<Signal> signals, const std::string& room, const FrameEncoder& encoder);

  /// The frames for a socket, its own signals left out; nullptr where nothing is left.
  [[nodiscard]] SharedFrame for_socket(SocketId socket) const;

 private:
  struct Sender {
    SocketId socket = 0;
    std::size_t place = 0;  // of a signal of theirs in the run
  };

  // The run's bytes but for the senders' own.
  [[nodiscard]] std::string without(std::span<const Sender> own, const std::string& bytes,
                                    const std::vector<std::size_t>& ends) const;

  SharedFrame all_;
  std::vector<std::size_t> ends_;  // of each signal's frame in the run's bytes
  std::vector<std::size_t> deflated_ends_;
  std::vector<Sender> senders_;  // by socket, then place
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
  [[nodiscard]] std::vector<Signal> take_news();

  /// The latest value of each member and kind.
  [[nodiscard]] std::vector<Signal> standing() const;

  /// The member left: their values vanish.
  void forget(kernel::MemberId member);

  /// The member is gone from that node, nullopt for this one, but not from the room: what stands that was signalled
  /// there vanishes, of that kind or all.
  void forget(kernel::MemberId member, const std::optional<NodeIncarnation>& node,
              const std::optional<std::string>& kind = std::nullopt);

 private:
  using News = std::list<Signal>;
  struct Standing {
    Signal signal;
    std::optional<News::iterator> news;  // the same signal, while it is to be told
  };

  News news_;
  std::map<std::pair<kernel::MemberId, std::string>, Standing> latest_;
};

}  // namespace orbit::realtime
