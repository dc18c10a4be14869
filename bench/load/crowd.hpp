// Crowd: many sockets on a fan-out server's channels. The first on each channel also says what there is to say there.
// Belongs to the poller's thread; not to be destroyed from within the poller's turn.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "load/dialect.hpp"
#include "load/frame_scanner.hpp"
#include "load/http_answer.hpp"
#include "load/poller.hpp"

namespace orbit::bench {

struct CrowdShape {
  std::size_t sockets = 1'000;
  std::size_t channels = 1;  // socket n is on channel n modulo that
  bool offers_deflate = true;
};

/// What sockets tell while the poller turns.
class CrowdEvents {
 public:
  /// `at` is when it was read.
  virtual void delivered(const Stamp& stamp, TimePoint at) = 0;

 protected:
  ~CrowdEvents() = default;
};

class Crowd {
 public:
  Crowd(Poller& poller, unsigned short port, const Dialect& dialect, const CrowdShape& shape);
  ~Crowd();

  /// Connects them all, so many under way at any time; returns once each is on its channel.
  [[nodiscard]] Outcome<> open(std::size_t at_once);

  /// To be called between turns. Nobody is told at first.
  void tell(CrowdEvents* events) { events_ = events; }

  /// Says the message on that channel, together with all that is said there in this turn.
  void say(std::size_t channel, std::string_view message);
  /// Ends the turn: sends what was said.
  void flush();

  /// What went wrong with any of the sockets: none of them may break.
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  [[nodiscard]] const CrowdShape& shape() const { return shape_; }
  [[nodiscard]] const Dialect& dialect() const { return dialect_; }

 private:
  class Socket;

  void fail(std::string why);

  Poller& poller_;
  const unsigned short port_;
  const Dialect& dialect_;
  const CrowdShape shape_;
  CrowdEvents* events_ = nullptr;
  std::vector<std::unique_ptr<Socket>> sockets_;
  std::vector<std::size_t> speaking_;  // in this turn
  std::size_t ready_ = 0;
  std::optional<Failure> failure_;
};

}  // namespace orbit::bench
